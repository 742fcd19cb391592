"""So many requests at work at once in this process; the others wait for their turn, with their connections kept.

Under ASGI each request has a thread and a connection to the database of its own: hundreds of pages that come back after
a restart would ask the database for more connections than it has, and get errors.
"""

import asyncio

from django.conf import settings


class Turns:
    """ASGI middleware. A turn begins with the end of the body and ends with the start of the answer: who sends or reads
    slowly keeps nobody waiting."""

    def __init__(self, app):
        self.app = app
        self.free = asyncio.Semaphore(settings.REQUESTS_AT_ONCE)

    async def __call__(self, scope, receive, send):
        turn = _Turn(self.free)

        async def receiving():
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False):
                await turn.begin()
            return message

        async def sending(message):
            turn.end()
            await send(message)

        try:
            await self.app(scope, receiving, sending)
        finally:
            turn.end()


class _Turn:
    def __init__(self, free):
        self.free, self.is_on = free, False

    async def begin(self):
        if not self.is_on:
            await self.free.acquire()
            self.is_on = True

    def end(self):
        if self.is_on:
            self.is_on = False
            self.free.release()
