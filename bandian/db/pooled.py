"""Connections to PostgreSQL that come from a pool."""

from django.db import connections


def give_back_connections() -> None:
    """Give the connections that this thread took back to their pools; others are Django's to close."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["OPTIONS"].get("pool") and not connection.in_atomic_block:
            connection.close()
