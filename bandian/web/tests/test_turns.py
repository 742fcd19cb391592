"""Requests wait for their turn, and only while somebody else's answer is being made."""

import asyncio

import pytest

from bandian.web.turns import Turns

SCOPE = {"type": "http"}
END = {"type": "http.request", "body": b""}


class Views:
    """An application whose answers wait for `go`; it counts how many are at work."""

    def __init__(self):
        self.at_work = self.most = self.answered = 0
        self.go = asyncio.Event()

    async def __call__(self, scope, receive, send):
        await receive()
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        try:
            await self.go.wait()
            if scope.get("fails"):
                raise RuntimeError
        finally:
            self.at_work -= 1
        await send({"type": "http.response.start"})
        self.answered += 1
        await send({"type": "http.response.body"})


def request(app, *, reads=None, body=None, **scope):
    """Start a request; `reads`: what a slow reader waits for, `body`: what a slow sender waits for."""

    async def receive():
        if body:
            await body.wait()
        return END

    async def send(message):
        if reads and message["type"] == "http.response.start":
            await reads.wait()

    return asyncio.ensure_future(app({**SCOPE, **scope}, receive, send))


async def moments():
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def two_at_once(settings):
    settings.REQUESTS_AT_ONCE = 2


@pytest.mark.asyncio
async def test_more_requests_than_turns_wait_and_are_all_answered():
    views = Views()
    app = Turns(views)
    requests = [request(app) for _ in range(7)]
    await moments()

    assert views.at_work == 2
    views.go.set()
    await asyncio.gather(*requests)
    assert (views.most, views.answered) == (2, 7)


@pytest.mark.asyncio
async def test_slow_senders_and_slow_readers_keep_nobody_waiting():
    views, never = Views(), asyncio.Event()
    views.go.set()
    app = Turns(views)
    slow = [request(app, **{way: never}) for way in ("body", "body", "reads", "reads") for _ in range(2)]
    await moments()

    await asyncio.wait_for(request(app), 5)

    assert views.answered == 1
    never.set()
    await asyncio.gather(*slow)


@pytest.mark.asyncio
async def test_request_that_fails_gives_its_turn_back():
    views = Views()
    views.go.set()
    app = Turns(views)

    for _ in range(5):
        with pytest.raises(RuntimeError):
            await request(app, fails=True)

    await asyncio.wait_for(request(app), 5)
