"""Connections that come from a pool, to PostgreSQL and to Redis."""

from functools import cache
from typing import Any, Self

from django.db import connections
from redis import ConnectionPool


class RedisPool(ConnectionPool):
    """The connections to one Redis of a whole process; Django's cache would make a pool for each request."""

    @classmethod
    @cache
    def from_url(cls, url: str, **options: Any) -> Self:
        return super().from_url(url, **options)


def give_back_connections() -> None:
    """Give the connections that this thread took back to their pools; others are Django's to close."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["OPTIONS"].get("pool") and not connection.in_atomic_block:
            connection.close()
