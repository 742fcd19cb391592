"""Rows that are only ever added: the database itself refuses to change or delete them."""

from collections.abc import Collection, Iterator, Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_REFUSAL = "append-only: rows of {table} are never changed or deleted"


def append_only(table: str, columns: list[str], *, may_change: Collection[str] = ()) -> migrations.RunPython:
    """Return the migration that guards a table; `columns` are all its columns, `may_change` those left free.

    Works on PostgreSQL and SQLite. TRUNCATE stays possible: the owner of the database can do everything anyway.
    """
    guarded = [column for column in columns if column not in may_change]

    def protect(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _statements(schema_editor.connection.vendor, table, guarded):
            # The ORM has no words for triggers; all names are the migration's own.
            schema_editor.execute(statement, params=None)

    def release(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        on_table = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        for action in ("update", "delete"):
            # Likewise.
            schema_editor.execute(f"DROP TRIGGER {table}_no_{action}{on_table}", params=None)

    return migrations.RunPython(protect, release)


def _statements(vendor: str, table: str, guarded: Sequence[str]) -> Iterator[str]:
    refusal = _REFUSAL.format(table=table)
    if vendor == "postgresql":
        changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in guarded)
        yield (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'append-only: rows of % are never changed or deleted', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        call = "FOR EACH ROW {condition} EXECUTE FUNCTION refuse_change()"
        update = call.format(condition=f"WHEN ({changed})")
        yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {update}"
        yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {call.format(condition='')}"
    else:
        body = f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in guarded)
        yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {changed} {body}"
        yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {body}"
