"""How often something may be done, counted in the cache: for all processes together where there is a Redis.

The count need not be exact to one. While Redis is away each process counts by itself, so that nothing stands still.
"""

import ipaddress
import logging
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import caches
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rate:
    """At most so many within a time."""

    name: str
    most: int
    within: timedelta

    @property
    def seconds(self) -> int:
        return int(self.within.total_seconds())


def is_within(rate: Rate, whose: object = "") -> bool:
    """Count one more of somebody's, and return whether that keeps to the rate."""
    return count(rate, whose, 1) <= rate.most


def give_back(rate: Rate, whose: object = "") -> None:
    """Count one less, of what turned out not to be one."""
    count(rate, whose, -1)


def subscriber(address: str) -> str:
    """Return what one subscriber holds: an IPv4 address, however it is written, or the /64 around an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    # As a proxy that listens to both kinds at once writes it: ::ffff:192.0.2.1. All of them are in one /64.
    return str(parsed.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))


def count(rate: Rate, whose: object, more: int) -> int:
    """Count so many more of somebody's, and return how many there are now."""
    key = f"rate:{rate.name}:{whose}".replace(" ", "")
    for alias in ("default", "own"):
        try:
            caches[alias].add(key, 0, rate.seconds)
            return caches[alias].incr(key, more)
        except RedisError as error:
            logger.warning("Redis is away, rates count for this process only: %s", type(error).__name__)
        except ValueError:  # it ran out between the two
            return more
    return more
