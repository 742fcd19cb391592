"""What the tests of every app share: private folders, the real services, a browser, and a site to point it at."""

import gc
import itertools
import os
import re
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import caches
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import override_settings
from playwright.sync_api import expect, sync_playwright
from redis import Redis

import dev
from bandian.celery import app
from bandian.tests import again, migrated, site_settings
from bandian.web import pools
from workorders.demo.browser import ARGUMENTS, PATIENCE, find_chromium

expect.set_options(timeout=PATIENCE * 1000)
KEPT_TABLES = {"django_content_type", "auth_permission"}
gc.disable()  # until all tests are collected: what is imported stays


def pytest_collection_modifyitems(items):
    skips = {}
    if connection.vendor != "postgresql" or not django_settings.REDIS_URL:
        skips["services"] = "needs the PostgreSQL and Valkey that python3 dev.py test starts"
    if not find_chromium():
        skips["browser"] = "needs Chromium: install it, or name it in the environment variable CHROMIUM"
    for item in items:
        for mark, reason in skips.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))
    # Last, because Playwright keeps an event loop running until the end, and then no async test can have its own.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """Spare the garbage collector what has been imported: going through it again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def settings_of_all():
    own = {"PASSWORD_HASHERS": site_settings.PASSWORD_HASHERS, "AXES_ENABLED": False}
    own["SMS_QUIET_HOURS"] = None  # tests run at night too
    own["STATIC_ROOT"] = None  # WhiteNoise would warn that nothing has been collected
    with override_settings(**own):
        yield


@pytest.fixture(scope="session", autouse=True)
def unhurried_sandbox():
    """Let a busy machine take its time: what a test expects of a file must not turn into "the machine is busy"."""
    with pytest.MonkeyPatch.context() as patch:
        for pool in pools.ALL:
            patch.setattr(pool, "wall", 200)
            patch.setattr(pool, "patience", 100)
        yield


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """Yield one name of a folder after the other; whoever needs the folder makes it, and most do not."""
    base = tmp_path_factory.mktemp("own")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def test_settings(settings_of_all, folders):
    """Keep each test to its own folders and cache; the fonts in VAR_DIR are shared, because making them is slow."""
    folder = next(folders)
    with override_settings(**{name: folder / name.split("_")[0].lower() for name in again.FOLDERS}):
        forget_rates()
        yield


def forget_rates():
    """Empty the cache; of a Redis, which holds the worker's queue too, only what the cache put there."""
    caches["own"].clear()
    if not django_settings.REDIS_URL:
        caches["default"].clear()
        return
    with Redis.from_url(django_settings.REDIS_URL) as redis:
        for key in redis.scan_iter(caches["default"].make_key("*")):
            redis.delete(key)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """Hand the tests on SQLite a database that was migrated before; see bandian.tests.migrated."""
    if connection.vendor != "sqlite":
        yield
        return
    with django_db_blocker.unblock():
        filled = migrated.fill()
    yield
    filled.close()


@pytest.fixture(scope="session", autouse=True)
def database_can_be_emptied(django_db_setup):
    """Let the flush after a test with transactions leave what Django makes anew, and empty what refuses deletion.

    A running site remembers the ids of content types. Only what has rows is emptied: to truncate all tables takes a
    quarter of a second each time.
    """
    operations = type(connection.ops)  # the class: under Playwright's event loop Django has another connection
    operations.sql_flush = lambda self, style, tables, **options: _deletions([*{*tables} - KEPT_TABLES])
    # It would look through all models for types and permissions that are missing.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


def _deletions(tables):
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        having_rows = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quoted(table)})" for table in tables
        )
        cursor.execute(having_rows)
        statements = [f"DELETE FROM {quoted(table)}" for (table,) in cursor.fetchall()]
        if not statements:
            return []
        if connection.vendor == "postgresql":  # where a replica fires no trigger, and no foreign key is one
            return ["SET LOCAL session_replication_role = replica", *statements]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    return [*(f"DROP TRIGGER {name}" for name, _ in triggers), *statements, *(sql for _, sql in triggers)]


@pytest.fixture(scope="session", autouse=True)
def what_is_made_once(tmp_path_factory):
    """Let the processes of one run have what the first of them made."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        again.shared = tmp_path_factory.getbasetemp().parent / "again"
        again.shared.mkdir(exist_ok=True)


@pytest.fixture
def texts(capsys, django_capture_on_commit_callbacks):
    """Return a function that runs an act and returns the text messages that left after the commit."""

    def run(act, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            act(*args, **kwargs)
        return capsys.readouterr().out

    return run


@pytest.fixture(scope="session")
def site_folders(tmp_path_factory):
    """The folders of the processes that outlive a test; they remember keys, so that only MEDIA_ROOT is emptied."""
    return {name: tmp_path_factory.mktemp(name.lower()) for name in ("MEDIA_ROOT", "SIGNING_DIR", "PUSH_DIR")}


def environment(folders):
    """Return the environment of a process that works on the test database and on these folders."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    folders = {name: str(folder) for name, folder in folders.items()}
    # PYTHONUNBUFFERED: what a task prints is in the log at once.
    own = {"DATABASE_URL": database.geturl(), "DEBUG": "1", "PYTHONUNBUFFERED": "1"}
    return os.environ | folders | own | {"DJANGO_SETTINGS_MODULE": "bandian.tests.site_settings"}


@pytest.fixture
def site_environment(transactional_db, settings):
    """The environment of a process that works on the test database and on this test's folders."""
    names = ("MEDIA_ROOT", "SIGNING_DIR", "PUSH_DIR")
    return environment({name: getattr(settings, name) for name in names})


@pytest.fixture(scope="session")
def running_worker(django_db_setup, site_folders, tmp_path_factory):
    """Run one Celery worker of two processes for all tests that need one; yield the path of its log."""
    log = tmp_path_factory.mktemp("worker") / "log"
    command = [sys.executable, "-m", "celery", "-A", "bandian", "worker", "--concurrency=2"]
    command += ["--loglevel=info", "--without-mingle"]
    with dev.server(command, log=log, stop=signal.SIGTERM, ready=b" ready.", env=environment(site_folders)):
        yield log


@pytest.fixture(scope="session")
def running_site(django_db_setup, site_folders, tmp_path_factory):
    """Run the site as it is deployed, once for all tests that need it; yield its address."""
    log = tmp_path_factory.mktemp("site") / "log"
    # One second at the end: pages that a test leaves open hold their sockets.
    limits = ["--ws-max-size", 65536, "--ws-per-message-deflate", "false", "--timeout-graceful-shutdown", 1]
    command = [sys.executable, "-m", "uvicorn", "bandian.asgi:application", "--port", 0, *limits]
    with dev.server(command, log=log, stop=signal.SIGTERM, ready=b"Press CTRL+C", env=environment(site_folders)):
        yield re.search(r"running on (\S+)", log.read_text())[1]


@pytest.fixture
def worker(running_worker, site_folders, transactional_db, settings):
    """A Celery worker with an empty queue, which works on this test's database and folders; the path of its log."""
    for name, folder in site_folders.items():
        setattr(settings, name, folder)
    yield running_worker
    until_idle()
    shutil.rmtree(settings.MEDIA_ROOT)
    settings.MEDIA_ROOT.mkdir()


@pytest.fixture
def live_site(running_site, worker):
    """The address of the site as it is deployed, uvicorn and a worker.

    For tests marked `services` and `browser`. The server is another process: it sees committed rows only and
    none of the test's changes to settings.
    """
    return running_site


def until_idle():
    """Wait until no task waits or runs, and no other process asks the test database."""
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + dev.START_SECONDS
    with app.connection_for_read() as broker, connection.cursor() as cursor:
        queue = broker.default_channel.client

        def is_idle():
            cursor.execute(f"{busy} AND state <> 'idle'")
            return not (cursor.fetchone()[0] or queue.llen(app.conf.task_default_queue) or queue.hlen("unacked"))

        # Twice: between two statements of one request there is a moment without any.
        while not (is_idle() and time.sleep(0.05) is None and is_idle()):
            assert time.monotonic() < deadline, "The site and its worker do not come to rest."


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's sync calls run an event loop in this thread, so that Django takes every query for a mistake.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS, timeout=PATIENCE * 1000)
        yield browser
        browser.close()


@pytest.fixture
def new_context(request, chromium):
    """Return a function that opens a browser context, as for a person; they all close at the end of the test."""
    if "live_site" in request.fixturenames:
        request.getfixturevalue("live_site")  # begun before the pages, so that it ends after them
    with ExitStack() as stack:

        def open_context(**options):
            context = stack.enter_context(chromium.new_context(**options))
            context.set_default_timeout(PATIENCE * 1000)
            return context

        yield open_context
