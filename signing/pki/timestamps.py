"""Times that an authority outside vouches for (RFC 3161), where TSA_URL names one; signing goes on without it.

The authority is asked for a time over a signature. No answer, or one that proves nothing, makes a B-B signature and a
pause, so that a dead authority costs one timeout. A proven time far from this server's stops the signing instead: one
of the two clocks is wrong, and a signature whose time is in dispute is worth less than one made later.
"""

import hashlib
import logging
import time
from collections.abc import Awaitable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from asn1crypto import cms
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

PAUSE_SECONDS = 60
TOLERANCE = timedelta(minutes=5)
# How reading what a stranger made may fail; pyHanko trips over a wrong nonce with an AttributeError of its own.
STRANGE = (ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError)
_HASH = "sha256"
# Tokens of one authority differ by the length of their numbers and of an ECDSA signature.
_SLACK_BYTES = 64

_Given = TypeVar("_Given")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Token:
    """What an authority signed: `at` is the time it vouches for."""

    content: cms.ContentInfo
    at: datetime


def service() -> "Service | None":
    """Return the Service to ask, None where none is set."""
    return _service(settings.TSA_URL, settings.TSA_TIMEOUT, settings.TSA_ROOT) if settings.TSA_URL else None


def trust_roots() -> list[asn1_x509.Certificate]:
    """Return the certificates of TSA_ROOT, to which a token's is traced back; raises ImproperlyConfigured."""
    return list(_certificates(settings.TSA_ROOT)) if settings.TSA_ROOT else []


async def read(content: cms.ContentInfo, stamped: bytes, roots: Collection[asn1_x509.Certificate]) -> Token:
    """Return a token that holds for the bytes `stamped`; raises ValueError where it does not.

    Roots, where there are any, are what its certificate has to lead to.
    """

    def imprint(algorithm: str) -> bytes:
        return hashlib.new(algorithm, stamped).digest()

    at = content["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    # As of that time, which the caller compares: by a clock that is wrong the certificate may seem out of date.
    context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=at)
    status = TimestampSignatureStatus(**await validate_tst_signed_data(content["content"], context, imprint))
    if not (status.intact and status.valid):
        raise ValueError("the token is not about these bytes, or is not sound")
    if roots and not status.trusted:
        raise ValueError("the token's certificate does not lead to TSA_ROOT")
    return Token(content, at)


@lru_cache(maxsize=8)
def _service(url: str, timeout: float, root: str) -> "Service":
    return Service(url, timeout, _certificates(root) if root else ())


@lru_cache(maxsize=8)
def _certificates(path: str) -> tuple[asn1_x509.Certificate, ...]:
    try:
        blocks = asn1_pem.unarmor(Path(path).read_bytes(), multiple=True)
        return tuple(asn1_x509.Certificate.load(der, strict=True) for _, _, der in blocks)
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"TSA_ROOT={path!r}: give a PEM file with the authority's root.") from error


class Service:
    """One authority; an object of this class lives as long as the process, and remembers when to ask again."""

    def __init__(self, url: str, timeout: float, roots: tuple[asn1_x509.Certificate, ...]) -> None:
        self._stamper = HTTPTimeStamper(url, timeout=timeout)
        self._roots = roots
        self._asleep_until = 0.0

    async def size(self) -> int:
        """Return the bytes that a token takes, 0 where the authority is not to be asked now."""
        if time.monotonic() < self._asleep_until:
            return 0
        dummy = await self._careful(self._stamper.async_dummy_response(_HASH))
        return len(dummy.dump()) + _SLACK_BYTES if dummy else 0

    async def token(self, signature: bytes, *, room: int, now: datetime) -> Token | None:
        """Return a token over a signature, in at most `room` bytes; None where the authority gives none that holds.

        `now` is this server's time. Raises ValidationError where the authority's is another.
        """
        token = await self._careful(self._asked(signature, room))
        if token and abs(token.at - now) > TOLERANCE:
            logger.critical("the timestamp authority says %s, this server's clock %s", token.at, now)
            raise ValidationError("服务器时间异常，已停止签署，请稍后再试或联系客户经理。", code="clock")
        return token

    async def _asked(self, signature: bytes, room: int) -> Token:
        content = await self._stamper.async_timestamp(hashlib.sha256(signature).digest(), _HASH)
        token = await read(content, signature, self._roots)
        if len(content.dump()) > room:
            raise ValueError(f"the token is longer than {room} bytes")
        return token

    async def _careful(self, asking: Awaitable[_Given]) -> _Given | None:
        """Return what a request gives; None, a warning and a pause where it fails."""
        try:
            return await asking
        except (OSError, *STRANGE) as error:
            self._asleep_until = time.monotonic() + PAUSE_SECONDS
            cause = error.__cause__ or error
            logger.warning(
                "no timestamp from %s, signing without: %s %s", self._stamper.url, type(cause).__name__, cause
            )
            return None
