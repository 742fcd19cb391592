"""Locks on rows, in one order for the whole project, and transactions that are tried once more after a deadlock.

Whoever locks several rows takes them in this order: enterprise, person, order, room or document or complaint, seal,
counter; several of a kind by their primary key. A row is locked against other writers, not against new rows that refer
to it: PostgreSQL checks a foreign key by locking the row it leads to, in whatever order rows are written, and a plain
FOR UPDATE would hold that up.
"""

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Manager, Model, QuerySet
from psycopg.errors import DeadlockDetected

_Row = TypeVar("_Row", bound=Model)
_Called = TypeVar("_Called", bound=Callable)
logger = logging.getLogger(__name__)


def locking(rows: Manager[_Row] | QuerySet[_Row], *, key: bool = False) -> QuerySet[_Row]:
    """Return rows to be read with themselves, nothing they are joined with, locked until the transaction ends.

    `key` where what other rows may refer to changes, a primary key or another unique column, or the row goes.
    """
    return rows.select_for_update(of=("self",), no_key=not key)


def atomic(service: _Called) -> _Called:
    """Run a service in a transaction; once more from the start where PostgreSQL ended it for a deadlock.

    Within another transaction that one is tried again. So nothing but rows may change before the service returns;
    what else there is to do waits for the commit.
    """

    @functools.wraps(service)
    def run(*args: Any, **kwargs: Any) -> Any:
        if connection.in_atomic_block:
            with transaction.atomic():
                return service(*args, **kwargs)
        try:
            with transaction.atomic():
                return service(*args, **kwargs)
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
            logger.error("%s met a deadlock and is tried again: %s", service.__qualname__, error)
        with transaction.atomic():
            return service(*args, **kwargs)

    return run  # type: ignore[return-value]
