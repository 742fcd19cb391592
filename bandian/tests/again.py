"""What many tests begin with: made once by the product's own services, then put back as it was left.

Going the long way to, say, an order that waits for its contract takes seconds, again and again. So the first test
goes it, every row and file that came about is kept, and where the next test asks for the same in the same world, they
are written back. The same world means: the same rows but for times and seals, the same files, settings and day.

Where several processes share the tests, they share this too. On PostgreSQL, where the numbers of rows go on and on,
and outside a transaction everything is made anew.
"""

import fcntl
import hashlib
import pickle
import stat
import tempfile
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import UserSettingsHolder, settings
from django.db import connection
from django.utils import timezone

FOLDERS = ("MEDIA_ROOT", "SIGNING_DIR", "PUSH_DIR")
# What differs between two worlds that are alike: salted, sealed, or who is logged in.
_BY_CHANCE, _SESSIONS = {"password", "id_number"}, "accounts_session"
_APART = {"django_content_type", "auth_permission", "django_migrations"}
# So long what was kept stands for what is made now.
_FRESH = timedelta(minutes=20)

Rows = dict[str, dict[Any, tuple]]  # by table and key
Files = dict[tuple[str, str], tuple[int, bytes]]  # mode and content by folder and path


class Table(NamedTuple):
    name: str
    columns: tuple[str, ...]
    key: int
    telling: tuple[int, ...]

    def read(self, cursor) -> dict[Any, tuple]:
        """Return the rows by their keys, as SQLite keeps them: a sign before a column's name stops any conversion."""
        columns = ", ".join(f'+"{name}"' for name in self.columns)
        cursor.execute(f'SELECT {columns} FROM "{self.name}"')
        return {row[self.key]: row for row in cursor.fetchall()}

    def since(self, before: dict[Any, tuple], now: dict[Any, tuple]) -> "Change":
        """Return what became of the rows; the making of nothing that is kept takes rows away."""
        assert before.keys() <= now.keys(), f"rows of {self.name} went away"
        changed = {
            key: {name: new for name, old, new in zip(self.columns, row, now[key], strict=True) if old != new}
            for key, row in before.items()
            if row != now[key]
        }
        return Change([row for key, row in now.items() if key not in before], changed)

    def write(self, cursor, change: "Change") -> None:
        places = ", ".join(["%s"] * len(self.columns))
        cursor.executemany(f'INSERT INTO "{self.name}" VALUES ({places})', change.added)
        for key, values in change.changed.items():
            columns = ", ".join(f'"{name}" = %s' for name in values)
            sql = f'UPDATE "{self.name}" SET {columns} WHERE "{self.columns[self.key]}" = %s'
            cursor.execute(sql, [*values.values(), key])


class Change(NamedTuple):
    added: list[tuple]
    changed: dict[Any, dict[str, Any]]


class Made(NamedTuple):
    """What came about: rows by table, files, and what the maker returned."""

    changes: dict[str, Change]
    files: Files
    at: datetime
    value: Any


_made: dict[str, Made] = {}
# Where the processes of one run lay down for each other what they made; None: there are no others.
shared: Path | None = None


class World:
    """Rows and files as they are now; what is made from here on can be kept, and put back into one like it."""

    def __init__(self):
        self.can_keep = connection.vendor == "sqlite" and connection.in_atomic_block
        if self.can_keep:
            self._rows, self._files = _read_rows(), _read_files()
            alike = [timezone.localdate(), overridden(), _telling(self._rows), sorted(self._files.items())]
            self._likeness = hashlib.sha256(repr(alike).encode()).hexdigest()

    def put_back(self, name: Hashable, *, forever: bool = False) -> Made | None:
        """Write back what was kept under the name in a world like this one, if anything was."""
        made = self._find(name, forever) if self.can_keep else None
        if not made:
            return None
        with connection.cursor() as cursor:
            for table in _tables():
                if table.name in made.changes:
                    table.write(cursor, made.changes[table.name])
        for (folder, path), (mode, content) in made.files.items():
            file = Path(getattr(settings, folder), path)
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.write_bytes(content)
            file.chmod(mode)
        return made

    def keep(self, name: Hashable, value: Any) -> None:
        """Keep under the name what came about since this picture was taken."""
        if not self.can_keep or self._find(name):
            return
        now = _read_rows()
        changes = {table.name: table.since(self._rows[table.name], now[table.name]) for table in _tables()}
        changes = {table: change for table, change in changes.items() if any(change)}
        files = {path: file for path, file in _read_files().items() if self._files.get(path) != file}
        made = _made[self._place(name)] = Made(changes, files, timezone.now(), value)
        if shared:
            with tempfile.NamedTemporaryFile(dir=shared, delete=False) as partial:
                pickle.dump(made, partial)
            Path(partial.name).replace(shared / self._place(name))

    @contextmanager
    def alone(self, name: Hashable) -> Iterator[None]:
        """Let one process at a time make what takes long."""
        if not shared or not self.can_keep:
            yield
            return
        with (shared / f"{self._place(name)}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _place(self, name):
        return hashlib.sha256(f"{name!r} {self._likeness}".encode()).hexdigest()

    def _find(self, name, forever=False):
        place = self._place(name)
        made = _made.get(place)
        if not made and shared and (shared / place).exists():
            made = _made[place] = pickle.loads((shared / place).read_bytes())
        return made if made and (forever or timedelta(0) <= timezone.now() - made.at < _FRESH) else None


def again(name: Hashable, make: Callable[[], Any], *, forever: bool = False) -> Any:
    """Return what make() returns, or what it returned before in a world like this one, with its rows and files.

    With `forever` it may be older than minutes: for whole worlds, which are looked at with the clock of their time.
    """
    world = World()
    with world.alone(name):
        if made := world.put_back(name, forever=forever):
            return made.value
        value = make()
        world.keep(name, value)
        return value


@cache
def _tables() -> list[Table]:
    tables = []
    with connection.cursor() as cursor:
        for name in connection.introspection.django_table_names(only_existing=True, include_views=False):
            if name in _APART:
                continue
            cursor.execute(f'PRAGMA table_info("{name}")')
            columns = cursor.fetchall()  # (number, name, type, not null, default, place in the key)
            telling = tuple(
                number
                for number, column, kind, *_ in columns
                if kind not in ("datetime", "BLOB") and column not in _BY_CHANCE
            )
            (key,) = (number for number, *_, place in columns if place)
            tables.append(Table(name, tuple(column for _, column, *_ in columns), key, telling))
    return tables


def _read_rows() -> Rows:
    with connection.cursor() as cursor:
        return {table.name: table.read(cursor) for table in _tables()}


def _telling(rows: Rows) -> list[str]:
    return sorted(
        repr((table.name, *(row[column] for column in table.telling)))
        for table in _tables()
        if table.name != _SESSIONS
        for row in rows[table.name].values()
    )


def _read_files() -> Files:
    folders = [(name, Path(getattr(settings, name))) for name in FOLDERS]
    return {
        (name, str(path.relative_to(folder))): (stat.S_IMODE(path.stat().st_mode), path.read_bytes())
        for name, folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


def overridden() -> str:
    """Return the settings that a test changed, but for its folders."""
    layer, changed = settings._wrapped, {}
    while isinstance(layer, UserSettingsHolder):
        changed = {**layer.__dict__, **changed}
        layer = layer.default_settings
    return repr(sorted((name, value) for name, value in changed.items() if name.isupper() and name not in FOLDERS))
