"""What the tests of every app share: private folders, the real services, a browser, and a site to point it at."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, create_server
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import sync_playwright

from bandian.celery import app
from workorders.demo.browser import ARGUMENTS, find_chromium

ROOT = Path(__file__).resolve().parent
START_SECONDS = 30


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


@pytest.fixture(autouse=True)
def test_settings(request, settings, tmp_path):
    """Keep each test to its own folders and cache; the fonts in VAR_DIR are shared, because making them is slow."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SIGNING_DIR = tmp_path / "signing"
    settings.PUSH_DIR = tmp_path / "push"
    settings.SMS_QUIET_HOURS = None  # tests run at night too
    # WhiteNoise would warn that nothing has been collected.
    settings.STATIC_ROOT = None
    settings.AXES_ENABLED = False
    if "live_site" not in request.fixturenames:  # whose server could not read such passwords
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def sqlite_can_be_emptied(django_db_setup):
    """Let the flush after a test with transactions empty the tables that refuse every other deletion.

    PostgreSQL truncates, which fires no trigger; SQLite deletes row by row.
    """
    operations = type(connection.ops)  # the class: under Playwright's event loop Django has another connection
    if connection.vendor == "sqlite":
        flush = operations.sql_flush
        operations.sql_flush = lambda *args, **kwargs: _without_triggers(flush(*args, **kwargs))


def _without_triggers(statements):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    return [*(f"DROP TRIGGER {name}" for name, _ in triggers), *statements, *(sql for _, sql in triggers)]


@contextmanager
def running(command, *, log, is_ready, environment):
    """Keep a process running inside the block; fail with the end of its log when it does not get ready."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *map(str, command)], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-3000:]}", pytrace=False)
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(START_SECONDS)


@pytest.fixture
def site_environment(transactional_db, settings):
    """The environment of a process that works on the test database and on this test's folders."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    folders = {name: str(getattr(settings, name)) for name in ("VAR_DIR", "MEDIA_ROOT", "SIGNING_DIR")}
    # PYTHONUNBUFFERED: what a task prints is in the log at once.
    return os.environ | folders | {"DATABASE_URL": database.geturl(), "DEBUG": "1", "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def worker(site_environment, tmp_path):
    """Run a Celery worker with an empty queue; yield the path of its log."""
    app.control.purge()
    log = tmp_path / "worker.log"
    command = ["celery", "-A", "bandian", "worker", "--pool=solo", "--loglevel=info", "--without-mingle"]
    with running(command, log=log, is_ready=lambda: " ready." in log.read_text(), environment=site_environment):
        yield log


@pytest.fixture
def live_site(site_environment, worker, tmp_path):
    """Run the site as it is deployed, uvicorn and a worker; yield its address.

    For tests marked `services` and `browser`. The server is another process: it sees committed rows only and
    none of the test's changes to settings.
    """
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    def is_listening():
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            return False
        return True

    # One second at the end: pages that a test leaves open hold their sockets.
    limits = ["--ws-max-size", 65536, "--ws-per-message-deflate", "false", "--timeout-graceful-shutdown", 1]
    command = ["uvicorn", "bandian.asgi:application", "--port", port, *limits]
    log = tmp_path / "uvicorn.log"
    with running(command, log=log, is_ready=is_listening, environment=site_environment):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium; give each person in a test a context of their own: chromium.new_context(...)."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's sync calls run an event loop in this thread, so that Django takes every query for a mistake.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()
