"""A browser's socket in a test (channels.testing has the like, but its import needs daphne)."""

import json
from collections import deque

from asgiref.testing import ApplicationCommunicator
from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client

from conftest import PATIENCE
from notifications.live.consumer import live_socket

BACKEND = "django.contrib.auth.backends.ModelBackend"


@database_sync_to_async
def log_in(user):
    """Return a client with a session of the user."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


class Socket(ApplicationCommunicator):
    application = staticmethod(AuthMiddlewareStack(live_socket))

    @classmethod
    async def opened_by(cls, user, *, client=None, address="192.0.2.1", **scope):
        """Return the accepted socket of the user, in a session of its own unless one is given; None: a stranger."""
        client = client or (await log_in(user) if user else Client())
        name = settings.SESSION_COOKIE_NAME
        cookie = f"{name}={client.cookies[name].value}".encode() if name in client.cookies else b""
        scope |= {
            "type": "websocket",
            "path": "/ws/notices/",
            "headers": [(b"cookie", cookie)],
            "client": (address, 50000),
        }
        socket = cls(cls.application, scope)
        socket.events = deque()
        await socket.send_input({"type": "websocket.connect"})
        assert (await socket.receive_output(PATIENCE))["type"] == "websocket.accept"
        return socket

    async def event(self):
        """Return the next event; several may have come in one frame."""
        if not self.events:
            told = json.loads((await self.receive_output(PATIENCE))["text"])
            self.events.extend(told if isinstance(told, list) else [told])
        return self.events.popleft()

    async def receive_nothing(self, *args, **kwargs):
        return not self.events and await super().receive_nothing(*args, **kwargs)

    async def say(self, text):
        await self.send_input({"type": "websocket.receive", "text": text})

    async def closed(self):
        """Return the code that the socket was closed with, whatever was sent before."""
        while (output := await self.receive_output(PATIENCE))["type"] != "websocket.close":
            pass
        return output["code"]

    async def disconnect(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait()
