"""The bounded queues between the hub and the sockets, and the line between processes, without a server."""

import asyncio
import threading
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async

from notifications.enums import Close
from notifications.live import hub, publishing, relay
from notifications.live.tests.sockets import Socket

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


class Slow(Socket):
    """A browser that reads nothing after the handshake until its `reads` is set."""

    @staticmethod
    async def application(scope, receive, send):
        async def send_slowly(message):
            if message["type"] != "websocket.accept":
                await scope["reads"].wait()
            await send(message)

        await Socket.application(scope, receive, send_slowly)

    @classmethod
    async def opened_by(cls, user):
        reads = asyncio.Event()
        socket = await super().opened_by(user, reads=reads)
        socket.reads = reads
        return socket


def waiting():
    return [len(socket._frames) for socket in hub.here().sockets]


async def test_cf_13_socket_that_reads_nothing_is_closed_and_the_others_get_everything(customer, outsider):
    slow, other = await Slow.opened_by(customer), await Socket.opened_by(outsider)
    megabyte, frames = "x" * 1024 * 1024, 30

    for number in range(frames):
        # One writer to both, frame by frame: 30 MB in all.
        await sync_to_async(publishing.send)([customer.pk, outsider.pk], {"number": number, "text": megabyte[:-100]})
        assert (await other.event())["number"] == number
        assert max(waiting()) <= 2

    slow.reads.set()
    assert await slow.closed() == Close.TRY_AGAIN_LATER
    assert await other.receive_nothing()
    await other.disconnect()


async def test_events_that_wait_go_out_together_in_their_order(customer):
    slow = await Slow.opened_by(customer)

    for number in range(60):
        await sync_to_async(publishing.send)([customer.pk], {"number": number})
    slow.reads.set()

    assert [(await slow.event())["number"] for _ in range(60)] == list(range(60))
    await slow.disconnect()


async def test_queue_of_small_frames_is_bounded(customer, monkeypatch):
    monkeypatch.setattr(hub, "MOST_FRAMES", 10)
    slow = await Slow.opened_by(customer)

    for number in range(30):
        await sync_to_async(publishing.send)([customer.pk], {"number": number})
        assert max(waiting()) <= 10

    slow.reads.set()
    assert await slow.closed() == Close.TRY_AGAIN_LATER


async def test_slow_socket_counts_as_open_until_it_is_gone(customer, settings, monkeypatch):
    monkeypatch.setattr(hub, "MOST_FRAMES", 1)
    settings.SOCKETS_PER_USER = 1
    slow = await Slow.opened_by(customer)
    for number in range(5):
        await sync_to_async(publishing.send)([customer.pk], {"number": number})

    assert await (await Socket.opened_by(customer)).closed() == Close.TOO_MUCH
    await slow.disconnect()

    again = await Socket.opened_by(customer)
    assert await again.receive_nothing()
    await again.disconnect()


async def test_cf_12_burst_of_400_arrives_whole_and_in_order(customer):
    sockets = [await Socket.opened_by(customer) for _ in range(3)]

    await sync_to_async(publishing.send_all)([([customer.pk], {"number": number}) for number in range(400)])

    for socket in sockets:
        assert [(await socket.event())["number"] for _ in range(400)] == list(range(400))
        await socket.disconnect()


async def test_cf_14_held_up_database_holds_up_no_frame(customer, outsider):
    sockets = [await Socket.opened_by(customer), await Socket.opened_by(outsider)]
    release = threading.Event()
    held = asyncio.ensure_future(database_sync_to_async(release.wait)(30))
    await asyncio.sleep(0.1)

    await sockets[0].say(f'{{"front": "{uuid4()}"}}')  # this one waits for the database itself
    await asyncio.to_thread(publishing.publish, [([customer.pk.hex, outsider.pk.hex], '{"type":"message"}', 0)])

    for socket in sockets:
        assert await socket.event() == {"type": "message"}
    assert not held.done()
    release.set()
    await held
    for socket in sockets:
        await socket.disconnect()


async def test_event_reaches_the_sockets_of_every_event_loop(customer):
    here = await Socket.opened_by(customer)
    is_open, heard = threading.Event(), []

    async def elsewhere():
        socket = await Socket.opened_by(customer)
        is_open.set()
        heard.append(await socket.event())
        await socket.disconnect()

    thread = threading.Thread(target=lambda: asyncio.run(elsewhere()))
    thread.start()
    await asyncio.to_thread(is_open.wait, 10)
    await sync_to_async(publishing.send)([customer.pk], {"type": "message"})

    assert await here.event() == {"type": "message"}
    await asyncio.to_thread(thread.join, 10)
    assert heard == [{"type": "message"}]
    await here.disconnect()


async def test_hub_of_an_ended_loop_is_forgotten(customer):
    hub._hubs.clear()
    await asyncio.to_thread(lambda: asyncio.run(_open_and_close(customer)))

    assert [loop for loop in hub._hubs if not loop.is_closed()] == []
    assert not hub.spread([])
    assert hub._hubs == {}


async def _open_and_close(user):
    await (await Socket.opened_by(user)).disconnect()


class Hub:
    """Keeps what it is told."""

    def __init__(self):
        self.told = []

    def deliver(self, packets):
        self.told += packets

    def tell_all(self, frame):
        self.told.append(frame)


def batch(number, *packets, origin="elsewhere"):
    return {"from": origin, "number": number, "packets": list(packets)}


@pytest.mark.parametrize(
    ("numbers", "gaps"), [([7, 8, 9], 0), ([7, 9], 1), ([7, 8, 12, 13], 1), ([0, 0, 7, 0, 8], 0), ([7, 9, 11], 2)]
)
async def test_missing_batch_makes_every_page_ask(numbers, gaps):
    told = Hub()
    line = relay.Relay(told, None)

    for number in numbers:
        await line.take(batch(number, [["a"], f"{number}", 0]))

    assert told.told.count(relay.SYNC) == gaps
    assert len(told.told) == gaps + len(numbers)


async def test_own_batches_are_counted_but_not_delivered_twice():
    told = Hub()
    line = relay.Relay(told, None)

    for number in (1, 2, 4):
        await line.take(batch(number, [["a"], "frame", 0], origin=relay.sender()))

    assert told.told == [relay.SYNC]


async def test_what_waits_for_a_dead_layer_is_bounded_and_its_loss_is_told(monkeypatch):
    monkeypatch.setattr(relay, "MOST_WAITING", 3)
    line = relay.Relay(Hub(), None)

    for number in range(10):
        line.offer([(["a"], str(number), 0)])

    assert len(line._waiting) == 3
    assert line.number == 7


async def test_memory_layer_needs_no_line(customer):
    socket = await Socket.opened_by(customer)

    assert hub.here().relay is None
    await socket.disconnect()


async def test_sending_without_sockets_is_no_error(customer):
    await sync_to_async(publishing.send)([customer.pk], {"type": "message"})
