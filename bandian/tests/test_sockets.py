"""AZ-14: who may open a socket, through the whole of the ASGI application."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from bandian.asgi import application
from bandian.tests import matrix
from conftest import PATIENCE
from notifications.services import notify

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]
OWN = b"http://localhost"
PATH, (_, ANSWERS) = next(iter(matrix.read(matrix.SOCKETS).items()))
ROLES = {
    "contact": Role.CONTACT,
    "contractor": Role.CONTACT,
    "manager": Role.MANAGER,
    "far_manager": Role.MANAGER,
    "supervisor": Role.SUPERVISOR,
}


@sync_to_async
def cookie_of(actor):
    """Make the actor; return the user and the cookie of a session."""
    if actor == "anonymous":
        return None, b""
    user = User.objects.create_user("19900000101", "演示人员", role=ROLES.get(actor, Role.CUSTOMER))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if actor == "disabled":
        User.objects.filter(pk=user.pk).update(is_active=False)
    name = settings.SESSION_COOKIE_NAME
    return user, f"{name}={client.cookies[name].value}".encode()


class Socket(ApplicationCommunicator):
    def __init__(self, path=PATH, *, cookie=b"", origin=OWN, query=b""):
        headers = [(b"host", b"localhost"), (b"cookie", cookie), *([(b"origin", origin)] if origin else [])]
        scope = {"type": "websocket", "path": path, "query_string": query, "headers": headers, "subprotocols": []}
        super().__init__(application, scope)

    async def opened(self):
        """Return 1 where the socket is open, the code that it was closed with, or None where it was refused."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(PATIENCE)
        if answer["type"] == "websocket.accept":
            for _ in range(20):  # whoever is refused now is told without waiting for anything else
                await asyncio.sleep(0)
            if self.output_queue.empty():
                return 1
            answer = self.output_queue.get_nowait()
        return answer.get("code")


@pytest.mark.parametrize("actor", matrix.ACTORS)
async def test_az_14_socket_answers_everyone_as_declared(actor):
    _, cookie = await cookie_of(actor)
    socket = Socket(cookie=cookie)

    assert await socket.opened() == ANSWERS["open"][actor]


@pytest.mark.parametrize(
    "origin",
    [None, b"null", b"https://evil.example", b"http://localhost.evil.example", b"http://evil.example#localhost"],
)
async def test_az_14_socket_of_another_site_is_refused(origin):
    _, cookie = await cookie_of("customer")

    assert await Socket(cookie=cookie, origin=origin).opened() is None


async def test_az_14_group_and_sender_are_the_servers_not_the_requests():
    victim, _ = await cookie_of("customer")
    other = await sync_to_async(User.objects.create_user)("19900000102", "演示路人")
    client = Client()
    await sync_to_async(client.force_login)(other, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    socket = Socket(
        cookie=f"{name}={client.cookies[name].value}".encode(),
        query=f"user={victim.pk}&group=user.{victim.pk.hex}".encode(),
    )
    assert await socket.opened() == 1

    await socket.send_input({"type": "websocket.receive", "text": f'{{"group": "user.{victim.pk.hex}", "user": "1"}}'})
    await sync_to_async(notify)([victim], kind="step", title="供电方案已答复")

    assert await socket.receive_nothing(0.3)
    await sync_to_async(notify)([other], kind="step", title="公告")
    assert json.loads((await socket.receive_output(PATIENCE))["text"])["title"] == "公告"


async def test_au_21_staff_without_the_second_factor_are_strangers_to_sockets(settings):
    settings.STAFF_OTP = True
    _, cookie = await cookie_of("manager")
    socket = Socket(cookie=cookie)

    assert await socket.opened() == 4401
