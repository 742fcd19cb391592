import json

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import AnonymousUser

from notifications.consumers import CHECK_AGAIN, LOGIN_NEEDED, NoticeConsumer
from notifications.services import notify, recheck_sockets

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


class Socket(ApplicationCommunicator):
    """One browser's socket (channels.testing has the like, but its import needs daphne)."""

    @classmethod
    async def opened_by(cls, user):
        socket = cls(NoticeConsumer.as_asgi(), {"type": "websocket", "path": "/ws/notices/", "user": user})
        await socket.send_input({"type": "websocket.connect"})
        assert (await socket.receive_output())["type"] == "websocket.accept"
        return socket

    async def receive_output(self, timeout=10):
        """Wait longer than usual: the first socket of a process imports the channel layer, a second or two."""
        return await super().receive_output(timeout)

    async def notice(self):
        return json.loads((await self.receive_output())["text"])

    async def disconnect(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait()


async def test_notice_reaches_every_socket_of_its_user_only(customer, outsider):
    sockets = [await Socket.opened_by(customer), await Socket.opened_by(customer)]
    stranger = await Socket.opened_by(outsider)

    rows = await sync_to_async(notify)([customer], kind="step", title="供电方案已答复", body="内容")

    for socket in sockets:
        assert await socket.notice() == {
            "type": "notice",
            "id": rows[0].pk.hex,
            "kind": "step",
            "title": "供电方案已答复",
        }
    assert await stranger.receive_nothing()
    for socket in (*sockets, stranger):
        await socket.disconnect()


@pytest.mark.parametrize("user", [None, AnonymousUser()])
async def test_stranger_is_closed_with_a_code_that_the_browser_sees(user):
    socket = await Socket.opened_by(user)

    assert await socket.receive_output() == {"type": "websocket.close", "code": LOGIN_NEEDED}


@pytest.mark.parametrize("text", ["x" * 5000, "no json", '{"type": "session.check"}'])
async def test_input_is_dropped(customer, text):
    socket = await Socket.opened_by(customer)

    await socket.send_input({"type": "websocket.receive", "text": text})
    await socket.send_input({"type": "websocket.receive", "bytes": b"\x00" * 2000})

    assert await socket.receive_nothing()
    await sync_to_async(notify)([customer], kind="step", title="公告")
    assert (await socket.notice())["title"] == "公告"
    await socket.disconnect()


async def test_recheck_closes_the_sockets(customer):
    socket = await Socket.opened_by(customer)

    await sync_to_async(recheck_sockets)(customer)

    assert await socket.receive_output() == {"type": "websocket.close", "code": CHECK_AGAIN}
