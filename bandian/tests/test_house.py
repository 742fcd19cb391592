"""The house rules that a linter does not know: rooms of a size to take in, and one name for one thing."""

import ast
import re
from collections import Counter

import pytest
from django.conf import settings

APPS = ("accounts", "bandian", "chat", "files", "notifications", "signing", "workorders")
MOST_LINES = 300
MOST_MODULES = 16  # beside __init__.py
# Named by Django, or not part of the house.
ASIDE = {"migrations", "management", "tests", "__pycache__"}


def modules(app):
    """Return the modules of an app that are ours to name and to place."""
    return [path for path in (settings.BASE_DIR / app).rglob("*.py") if not ASIDE & set(path.parts)]


def packages(app):
    return {path.parent for path in modules(app)}


@pytest.mark.parametrize("app", APPS)
def test_no_two_modules_or_packages_of_an_app_share_a_name(app):
    names = [path.stem for path in modules(app) if path.stem not in ("__init__", "conftest")]
    names += [path.name for path in packages(app)]

    assert not [name for name, count in Counter(names).items() if count > 1]


@pytest.mark.parametrize("app", APPS)
def test_modules_and_folders_can_be_read_at_a_sitting(app):
    long = {str(path): lines for path in modules(app) if (lines := len(path.read_text().splitlines())) > MOST_LINES}
    wide = {
        str(folder): count
        for folder in packages(app)
        if (count := len([*folder.glob("[!_]*.py")]) - (folder / "conftest.py").exists()) > MOST_MODULES
    }

    assert (long, wide) == ({}, {})


@pytest.mark.parametrize("app", APPS)
def test_every_package_says_what_lives_there(app):
    silent = [
        str(folder)
        for folder in packages(app)
        if not ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    ]

    assert silent == []


@pytest.mark.parametrize("app", APPS)
def test_own_modules_are_told_apart_by_their_own_names(app):
    renamed = [
        f"{path}: {ast.unparse(node)}"
        for path in modules(app)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in APPS
        for name in node.names
        if name.asname and path != settings.BASE_DIR / "bandian" / "__init__.py"
    ]

    assert renamed == []


def test_wf_18_rows_are_locked_and_services_made_one_in_one_place():
    """Beside `bandian.db.locks` only the outbox locks rows, which skips those that are locked."""
    found = {
        path.relative_to(settings.BASE_DIR).as_posix()
        for app in APPS
        for path in modules(app)
        if path.name != "conftest.py"
        and re.search(r"select_for_update\(|^ *@transaction\.atomic", path.read_text(), re.MULTILINE)
    }

    assert found == {"bandian/db/locks.py", "notifications/outbox/delivering.py"}


LOCKING = ("locking", "lock_order", "lock", "locked")
# Waits for its order with empty hands, so that no deadlock has a part of it; a block cannot begin again.
BLOCKS = {"workorders/locks.py"}


def test_wf_20_no_block_that_locks_rows_is_left_without_a_second_try():
    """A service that locks is `@atomic` of bandian.db.locks; in a bare transaction.atomic() block nothing is locked."""
    found = {
        path.relative_to(settings.BASE_DIR).as_posix()
        for app in APPS
        for path in modules(app)
        if path.name not in ("conftest.py", "demo.py")
        for block in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(block, ast.With)
        and any("transaction.atomic(" in ast.unparse(item.context_expr) for item in block.items)
        for call in ast.walk(block)
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in LOCKING
    }

    assert found == BLOCKS
