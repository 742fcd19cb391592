"""Messages that come for one room at the same moment are written in one transaction.

Each waits for the room; whoever gets it first writes all that wait by then. What they share - the lock, the members,
who looks at the room, the commit - is paid once, so that a lively room does not queue at the database.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID
from weakref import WeakValueDictionary

from django.db import connection

from accounts.models import User
from chat.models import Message, Room

if TYPE_CHECKING:
    from chat.messaging.posting import Draft

MOST = 50

_queues: "WeakValueDictionary[UUID, _Queue]" = WeakValueDictionary()
_finding = threading.Lock()


class PendingMessage:
    """A message that waits to be written: in the end it has its row, or the exception that speaks against it."""

    def __init__(self, draft: "Draft", by: User) -> None:
        self.draft, self.by = draft, by
        self.message: Message | None = None
        self.error: Exception | None = None

    def result(self) -> Message:
        if self.message is None:
            raise self.error or RuntimeError("the message was not written")
        return self.message


Write = Callable[[Room, list[PendingMessage]], None]


class _Queue:
    def __init__(self) -> None:
        self.pending: list[PendingMessage] = []
        self.writing = threading.Lock()


def submit(room: Room, pending: PendingMessage, *, write: Write) -> Message:
    """Have a message written together with the others that wait for the room; return its row or raise its error.

    `write(room, messages)` writes several in a transaction of its own.
    """
    # A file takes its time, and what stands in the caller's transaction cannot be part of another's.
    if pending.draft.file or connection.in_atomic_block:
        write(room, [pending])
        return pending.result()
    with _finding:
        queue = _queues.setdefault(room.pk, _Queue())
        queue.pending.append(pending)
    with queue.writing:
        while pending in queue.pending:
            with _finding:
                batch, queue.pending[:] = queue.pending[:MOST], queue.pending[MOST:]
            _write_batch(room, batch, write)
    return pending.result()


def _write_batch(room: Room, batch: list[PendingMessage], write: Write) -> None:
    try:
        write(room, batch)
    except Exception as error:
        # One of them spoils it for all: each by itself then, so that only that one fails.
        for pending in batch:
            pending.message = pending.error = None
            if len(batch) == 1:
                pending.error = error
            else:
                _write_batch(room, [pending], write)
