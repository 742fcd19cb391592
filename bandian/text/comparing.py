"""`name__plain__contains="…"`: what a database holds against what somebody looks for, both made plain alike.

SQLite asks `plain.key` itself; PostgreSQL has NFKC of its own, and the rest of `key` is spelled out for it.
"""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite
from django.db.models.sql.compiler import SQLCompiler

from bandian.text import plain

# translate() drops what has nothing to become. It takes its time over a long list, so that it is asked only about text
# that holds any of these: what was kept before text was made plain.
_RARE = {one: other for one, other in plain.RADICALS.items() if len(other) == 1} | dict.fromkeys(plain.DOTS, "·")
_FROM, _TO = "".join(_RARE) + plain.UNSEEN + plain.SELECTORS, "".join(_RARE.values())
# Several lines are looked through as one, with single blanks.
_BLANKS = "[[:space:]\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_ODD = f"[{_FROM}]|{_BLANKS}{{2}}|[\t\n\v\f\r\u0085\u2028\u2029]"
_POSTGRESQL = (
    "lower(translate(normalize(CASE WHEN {0} ~ %s THEN regexp_replace(translate({0}, %s, %s), %s, ' ', 'g') "
    "ELSE {0} END, NFKC), '.。', '··'))"
)


class Plain(models.Transform):
    """A column, or the text that it is compared with, as `plain.key` has it."""

    lookup_name = "plain"
    bilateral = True
    output_field = models.TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="plain_key", **context)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        sql, params = compiler.compile(self.lhs)
        own = tuple(params)
        return _POSTGRESQL.format(f"({sql})::text"), (*own, _ODD, *own, _FROM, _TO, f"{_BLANKS}+", *own)


def teach_sqlite(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Give a new connection to SQLite the function that `Plain` calls (a receiver of connection_created)."""
    if isinstance(connection, Sqlite):
        connection.connection.create_function("plain_key", 1, _key, deterministic=True)


def _key(value: object) -> str | None:
    return value if value is None else plain.key(str(value))
