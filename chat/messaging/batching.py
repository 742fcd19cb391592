"""Messages that come for one room at the same moment are written in one transaction.

Each waits for the room; whoever gets it first writes all that wait by then. What they share - the lock, the members,
who looks at the room, the commit - is paid once, so that a lively room does not queue at the database.
"""

import threading
from collections.abc import Callable
from weakref import WeakValueDictionary

from django.db import connection

from chat.models import Message, Room

MOST = 50

_queues = WeakValueDictionary()
_finding = threading.Lock()


class PendingMessage:
    """A message that waits to be written: in the end it has its row, or the exception that speaks against it."""

    def __init__(self, draft, by):
        self.draft, self.by = draft, by
        self.message = self.error = None

    def result(self) -> Message:
        if self.error:
            raise self.error
        return self.message


class _Queue:
    def __init__(self):
        self.pending, self.writing = [], threading.Lock()


def submit(room: Room, pending: PendingMessage, *, write: Callable[[Room, list], None]) -> Message:
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


def _write_batch(room, batch, write):
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
