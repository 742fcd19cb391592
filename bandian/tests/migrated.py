"""The empty test database on SQLite, migrated once for every state of the source and then read from a file.

The migrations take six seconds in each process; what they make depends on nothing but the source and its packages.
"""

import fcntl
import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection


def fill() -> sqlite3.Connection:
    """Put the migrated tables into the database in memory that Django will find; it lasts as long as the connection."""
    filled = sqlite3.connect(connection.creation._get_test_db_name(), uri=True, check_same_thread=False)
    with closing(sqlite3.connect(_file())) as source:
        source.backup(filled)
    # Django makes only the tables that are not there.
    connection.settings_dict["TEST"]["MIGRATE"] = False
    return filled


def _file() -> Path:
    """Return the file with the migrated database; it is made where the source has changed since."""
    folder = Path(settings.VAR_DIR, "tests")
    folder.mkdir(exist_ok=True)
    file = folder / f"migrated-{_digest()}.sqlite3"
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            partial = _migrate(folder / "partial.sqlite3")
            for old in folder.glob("migrated-*"):
                old.unlink()
            os.replace(partial, file)
    return file


def _migrate(file):
    file.unlink(missing_ok=True)
    name, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], file
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
    with closing(sqlite3.connect(file)) as made:
        made.execute("PRAGMA journal_mode=DELETE")  # a database in memory keeps no second file
    return file


def _digest():
    folders = {Path(app.path) for app in apps.get_app_configs() if settings.BASE_DIR in Path(app.path).parents}
    sources = sorted(path for folder in {*folders, Path(__file__).parent.parent} for path in folder.rglob("*.py"))
    digest = hashlib.sha256(django.__version__.encode())
    for path in (settings.BASE_DIR / "requirements.txt", *sources):
        digest.update(f"{path.relative_to(settings.BASE_DIR)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:20]
