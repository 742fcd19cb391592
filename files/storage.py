"""Files that live and die with the transaction in which they were stored."""

import os
import weakref
from typing import IO

from django.core.files import File
from django.core.files.storage import Storage
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model


def store(row: Model, field_name: str, stream: IO[bytes]) -> None:
    """Write a stream to the file field of an unsaved row, safely on disk; a rollback takes the file away again.

    Call it inside a transaction. What a crash leaves behind, `manage.py sweep_files` finds.
    """
    file = getattr(row, field_name)
    name = file.field.generate_filename(row, "")
    try:
        setattr(row, field_name, file.storage.save(name, File(stream)))
    except OSError:
        file.storage.delete(name)  # half of it, e.g. where the disk is full
        raise
    file = getattr(row, field_name)
    using = router.db_for_write(type(row), instance=row)
    transaction.on_commit(_Unless(connections[using], file.storage, file.name), using=using, robust=True)
    with file.storage.open(file.name) as stored:
        os.fsync(stored.fileno())


class _Unless:
    """A commit hook that keeps a file; Django lets go of it, uncalled, when the transaction rolls back."""

    __qualname__ = "keep stored file"

    def __init__(self, connection: BaseDatabaseWrapper, storage: Storage, name: str) -> None:
        self._undo = weakref.finalize(self, _discard, connection, storage, name)

    def __call__(self) -> None:
        self._undo.detach()


def _discard(connection: BaseDatabaseWrapper, storage: Storage, name: str) -> None:
    # A hook is also lost uncalled when another fails after the commit, or when the connection breaks within it.
    committed = connection.run_commit_hooks_on_set_autocommit_on
    broken = connection.connection is None or getattr(connection.connection, "closed", False)
    if not committed and not broken:
        storage.delete(name)
