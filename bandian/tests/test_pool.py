"""Connections to PostgreSQL come from a pool: a rush of requests waits for them, and every one of them comes back."""

import asyncio
import threading

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.handlers.asgi import ASGIHandler
from django.db import connection
from django.http import HttpResponse
from django.urls import path

from bandian.web.pages import server_error
from bandian.web.streaming import streamed

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
SIZE = 2
COUNT = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"

handler500 = server_error
asked, go = threading.Semaphore(0), threading.Event()


def query(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@login_not_required
def quick(request):
    query("SELECT 1 FROM pg_sleep(0.05)")
    return HttpResponse(str(query(COUNT)))


@login_not_required
def slow(request):
    query("SELECT 1")
    asked.release()
    go.wait(30)
    return HttpResponse("slow")


@login_not_required
def broken(request):
    query("SELECT 1 / 0")


@login_not_required
def pieces(request):
    return streamed(request, (b"%d" % query("SELECT 1") for _ in range(3)), "text/plain")


urlpatterns = [path(view.__name__, view) for view in (quick, slow, broken, pieces)]


@pytest.fixture
def pool(monkeypatch, settings):
    """A pool of this test's own, of SIZE connections."""

    def close():
        connection.close()
        connection.close_pool()

    close()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "pool", settings.POOL | {"max_size": SIZE})
    settings.ROOT_URLCONF = __name__
    go.clear()
    yield connection.pool
    go.set()
    close()


async def ask(name, *, reader=None, leaves=None):
    """Send a request; return status, headers and body of the answer, or None.

    `reader` reads none of the body until it may; `leaves`: when the browser goes away.
    """
    messages, sent = [{"type": "http.request", "body": b""}], []

    async def receive():
        if not messages:
            await (leaves or asyncio.Event()).wait()
        return messages.pop() if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)
        if reader and message.get("body"):
            reader.waiting.release()
            await reader.may.wait()

    headers = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": f"/{name}", "query_string": b"", "headers": headers}
    await ASGIHandler()(scope, receive, send)
    if not sent:
        return None
    headers = {key.decode().lower(): value.decode() for key, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:]).decode()


class SlowReader:
    def __init__(self):
        self.waiting, self.may = asyncio.Semaphore(0), asyncio.Event()


async def taken(count):
    """Wait until so many slow requests have their connection."""
    for _ in range(count):
        assert await asyncio.to_thread(asked.acquire, timeout=10)


def test_more_requests_than_connections_wait_and_are_all_answered(pool):
    async def rush():
        return await asyncio.gather(*(ask("quick") for _ in range(20)))

    answers = asyncio.run(rush())

    assert [status for status, *_ in answers] == [200] * 20
    assert max(int(body) for *_, body in answers) == SIZE
    assert pool.get_stats()["requests_queued"] >= 20 - SIZE


def test_who_waits_in_vain_is_told_when_to_come_back(pool):
    async def rush():
        holders = [asyncio.ensure_future(ask("slow")) for _ in range(SIZE)]
        await taken(SIZE)
        pool.timeout = 0.1  # seconds
        waiting = await ask("quick")
        pool.timeout = 50
        go.set()
        return waiting, await asyncio.gather(*holders), await ask("quick")

    (status, headers, body), holders, after = asyncio.run(rush())

    assert (status, headers["retry-after"]) == (503, "30")
    assert "现在忙不过来" in body
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store, private"
    assert [each[0] for each in (*holders, after)] == [200] * (SIZE + 1)


@pytest.mark.parametrize("name", ["quick", "pieces"])
def test_slow_readers_keep_nobody_waiting(pool, name):
    async def rush():
        reader = SlowReader()
        readers = [asyncio.ensure_future(ask(name, reader=reader)) for _ in range(SIZE)]
        for _ in readers:
            await reader.waiting.acquire()
        answer = await ask("quick")
        reader.may.set()
        return answer, await asyncio.gather(*readers)

    answer, readers = asyncio.run(rush())

    assert [status for status, *_ in (answer, *readers)] == [200] * (SIZE + 1)


def test_connection_comes_back_from_a_browser_that_went_away(pool):
    async def rush():
        leaves = asyncio.Event()
        gone = [asyncio.ensure_future(ask("slow", leaves=leaves)) for _ in range(SIZE)]
        await taken(SIZE)
        leaves.set()
        go.set()
        await asyncio.gather(*gone)
        return await asyncio.gather(*(ask("quick") for _ in range(SIZE)))

    assert [status for status, *_ in asyncio.run(rush())] == [200] * SIZE
    assert pool.get_stats()["pool_available"] == pool.get_stats()["pool_size"]


def test_connection_comes_back_from_a_page_that_broke(pool):
    async def rush():
        return [await ask(name) for name in ["broken"] * 2 * SIZE + ["quick"]]

    answers = asyncio.run(rush())

    assert [status for status, *_ in answers] == [500] * 2 * SIZE + [200]
    assert "暂时打不开这个页面" in answers[0][2]


def test_connections_that_died_with_the_database_are_replaced(pool):
    async def rush():
        await asyncio.gather(*(ask("quick") for _ in range(2 * SIZE)))
        await asyncio.to_thread(end_all)
        return await asyncio.gather(*(ask("quick") for _ in range(2 * SIZE)))

    def end_all():
        query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
              "WHERE datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip
        connection.close()

    assert [status for status, *_ in asyncio.run(rush())] == [200] * 2 * SIZE
