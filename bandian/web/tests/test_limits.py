"""What one request may bring: cut off before it fills memory or disk, and said in plain words."""

import asyncio
import contextlib
import itertools
import time
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from bandian.asgi import application
from bandian.web import limits

STRANGER = [(b"cookie", b"sessionid=x"), (b"host", b"localhost")]


@pytest.fixture
def session(transactional_db, client):
    """The headers of somebody who logged in."""
    client.force_login(User.objects.create_user("19900000001", "演示客户"))
    return [(b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()), (b"host", b"localhost")]


def ask(parts, *, headers=STRANGER, app=application, delay=0.0, path="/upload/", method="POST"):
    """Send a POST in parts, each a message or the size of its body; return the status and the words of the answer."""
    sent, feed = [], iter(parts)

    async def receive():
        await asyncio.sleep(delay)
        part = next(feed, None)
        if part is None:
            await asyncio.sleep(3600)
        return part if isinstance(part, dict) else {"type": "http.request", "body": bytes(part), "more_body": True}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
    asyncio.run(app(scope, receive, send))
    return (sent[0]["status"], sent[1]["body"].decode()) if sent else None


def test_up_04_a_body_declared_too_large_is_refused_unread(settings, session):
    settings.REQUEST_MAX_BYTES = 3 << 20

    status, words = ask([], headers=[*session, (b"content-length", b"%d" % ((3 << 20) + 1))])

    assert status == 413
    assert "一次最多 3 MB" in words


@pytest.mark.parametrize("declared", [[], [(b"content-length", b"10")], [(b"content-length", b"x")]])
def test_up_04_an_endless_body_is_cut_off_and_the_memory_stays_flat(settings, session, declared):
    settings.REQUEST_MAX_BYTES = 40 << 20
    tracemalloc.start()

    status, _ = ask(itertools.repeat(1 << 20), headers=[*session, *declared])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert status == 413
    assert peak < 20 << 20


def test_up_04_who_is_not_logged_in_may_bring_little():
    stranger = [(b"host", b"localhost")]

    assert ask([limits.ANONYMOUS_BYTES + 1], headers=stranger)[0] == 413
    # But for the public check of files; nobody answers there without the end of the body.
    assert ask([limits.ANONYMOUS_BYTES + 1, {"type": "http.disconnect"}], headers=stranger, path="/check/") is None


@pytest.mark.parametrize("headers", [[(b"host", b"localhost")], STRANGER])
def test_up_27_a_stranger_is_cut_off_at_the_door_whatever_the_cookie_says(settings, transactional_db, headers):
    settings.PDF_MAX_BYTES = 2 << 20

    status, words = ask([], headers=[*headers, (b"content-length", b"%d" % (3 << 20))], path="/check/")

    assert status == 413
    assert "一次最多 2 MB" in words
    assert ask(itertools.repeat(1 << 20), headers=headers, path="/check/")[0] == 413
    assert ask([limits.ANONYMOUS_BYTES + 1], headers=headers)[0] == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_up_27_only_what_is_posted_is_taken_for_a_file(method):
    stranger = [(b"host", b"localhost")]

    assert ask([limits.ANONYMOUS_BYTES + 1], headers=stranger, path="/check/", method=method)[0] == 413


@pytest.mark.parametrize("path", ["/check/", "/upload/"])
def test_up_27_a_body_that_falls_silent_is_cut_off_however_much_came_before(monkeypatch, path):
    monkeypatch.setattr(limits, "PATIENCE_SECONDS", 0.2)
    started = time.monotonic()

    assert ask([900_000], path=path)[0] == 408
    assert time.monotonic() - started < 10


def test_up_27_a_strangers_file_has_only_so_long_at_any_pace(monkeypatch):
    monkeypatch.setattr(limits, "STRANGER_SECONDS", 0.2)

    assert ask(itertools.repeat(10_000), delay=0.01, path="/check/")[0] == 408


def test_up_27_one_address_has_few_files_under_way_and_keeps_nobody_else_out():
    read, go_on = [], asyncio.Event()

    async def app(scope, receive, send):
        read.append(scope["client"])
        await go_on.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def visit():
        door = limits.BodyLimit(app)

        async def ask(address, method="POST"):
            statuses = []

            async def send(message):
                statuses.append(message.get("status"))

            scope = {"type": "http", "method": method, "path": "/check/", "headers": [], "client": (address, 1)}
            await door(scope, None, send)
            return statuses[0]

        many = [asyncio.create_task(ask("192.0.2.1")) for _ in range(limits.STRANGERS_AT_ONCE)]
        await asyncio.sleep(0)
        others = [asyncio.create_task(ask(*who)) for who in (("192.0.2.2",), ("192.0.2.1", "GET"))]
        refused = [await ask(address) for address in ("192.0.2.1", "::ffff:192.0.2.1")]
        go_on.set()
        let_in = await asyncio.gather(*many, *others)
        return refused, let_in, await ask("192.0.2.1"), door.under_way

    refused, let_in, later, left = asyncio.run(asyncio.wait_for(visit(), 20))

    assert refused == [429, 429]
    assert let_in == [204] * (limits.STRANGERS_AT_ONCE + 2)
    assert later == 204
    assert not left


def under_way(door, bodies, headers):
    """Send the beginnings of bodies of a declared size at once; return the statuses of those that were answered."""

    async def ask(size, last):
        statuses = []

        async def receive():
            await asyncio.sleep(0.05 if last else 3600)
            return {"type": "http.disconnect"}

        async def send(message):
            statuses.append(message.get("status"))

        declared = [*headers, (b"content-length", b"%d" % size)]
        scope = {"type": "http", "method": "POST", "path": "/x/", "headers": declared, "query_string": b""}
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(door(scope, receive, send), 5)
        return statuses

    async def run():
        first = [asyncio.create_task(ask(size, last=False)) for size in bodies[:-1]]
        await asyncio.sleep(1)
        found = await ask(bodies[-1], last=True)
        for task in first:
            task.cancel()
        await asyncio.gather(*first, return_exceptions=True)
        return found

    return asyncio.run(run())


def test_up_37_one_person_holds_so_many_bytes_of_bodies_at_once(settings, session):
    settings.ORDER_MAX_BYTES, settings.REQUEST_MAX_BYTES = 10 << 20, 4 << 20

    async def app(scope, receive, send):
        await receive()

    door = limits.BodyLimit(app)

    assert under_way(door, [4 << 20, 4 << 20, 4 << 20], session) == [429, None]
    assert not door.held
    assert under_way(door, [4 << 20, 4 << 20], session) == []


def test_up_37_one_subscriber_who_is_not_logged_in_holds_little_memory(monkeypatch):
    monkeypatch.setattr(limits, "STRANGERS_BYTES", 2_000_000)

    async def app(scope, receive, send):
        await receive()

    door = limits.BodyLimit(app)

    assert under_way(door, [900_000, 900_000, 900_000], []) == [429, None]
    assert not door.held
    assert under_way(door, [900_000, 900_000], []) == []


def test_up_37_a_large_body_has_only_so_long_at_any_pace(monkeypatch, session):
    monkeypatch.setattr(limits, "LARGE_SECONDS", 0.5)

    assert ask(itertools.repeat(200_000), headers=session, delay=0.02)[0] == 408


@pytest.mark.parametrize("delay", [0.3, 0.02])
def test_up_17_a_body_that_hardly_comes_is_cut_off(monkeypatch, delay):
    monkeypatch.setattr(limits, "PATIENCE_SECONDS", 0.2)

    status, words = ask([1] * 100, delay=delay)

    assert status == 408
    assert "网络太慢" in words


def test_up_17_a_body_that_comes_at_a_fair_pace_has_time(monkeypatch):
    monkeypatch.setattr(limits, "PATIENCE_SECONDS", 2)
    monkeypatch.setattr(limits, "LEAST_BYTES_PER_SECOND", 100)
    last = {"type": "http.request", "body": b"end", "more_body": False}

    async def app(scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert ask([*[100] * 10, last], delay=0.3, app=limits.BodyLimit(app)) == (204, "")


def test_up_18_a_connection_cut_halfway_reaches_no_view():
    assert ask([1000, {"type": "http.disconnect"}]) is None


def test_up_22_a_disk_that_is_full_is_told():
    async def app(scope, receive, send):
        raise OSError(28, "No space left on device")

    assert ask([1], app=limits.BodyLimit(app))[0] == 507


def test_up_03_a_file_is_cut_where_it_is_too_large_and_whole_where_it_is_not(settings):
    settings.PDF_MAX_BYTES = settings.IMAGE_MAX_BYTES = 200_000
    exact, beyond = SimpleUploadedFile("a.pdf", bytes(200_000)), SimpleUploadedFile("b.pdf", bytes(3_000_000))

    request = RequestFactory().post("/", {"a": exact, "b": beyond})

    assert request.FILES["a"].size == 200_000
    assert 200_000 < request.FILES["b"].size < 400_000
    request.close()


@pytest.mark.parametrize(
    "data",
    [
        {f"field{number}": "x" for number in range(1001)},
        {f"file{number}": SimpleUploadedFile("a.pdf", b"x") for number in range(101)},
    ],
    ids=["1001 fields", "101 files"],
)
def test_up_05_too_many_parts_are_refused_at_once(client, db, data):
    started = time.process_time()

    assert client.post(reverse("accounts:login"), data).status_code == 400
    assert time.process_time() - started < 2


def test_up_05_base64_of_nothing_but_spaces_takes_no_time():
    part = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.pdf"\r\n'
    body = part + b"Content-Transfer-Encoding: base64\r\n\r\n" + b" " * (20 << 20) + b"\r\n--x--\r\n"
    started = time.process_time()

    request = RequestFactory().post("/", data=body, content_type="multipart/form-data; boundary=x")
    assert request.FILES["a"].size == 0
    request.close()

    assert time.process_time() - started < 5
