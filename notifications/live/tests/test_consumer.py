import asyncio
import json
from importlib import import_module
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.utils import timezone

from conftest import PATIENCE
from notifications.enums import Close, Kind
from notifications.live import hub, presence, publishing
from notifications.live.tests.sockets import Socket, log_in
from notifications.models import OpenRoom
from notifications.services import mark_key_read, notify, recheck_sockets

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


async def test_notice_reaches_every_socket_of_its_user_only(customer, outsider):
    sockets = [await Socket.opened_by(customer), await Socket.opened_by(customer)]
    stranger = await Socket.opened_by(outsider)

    rows = await sync_to_async(notify)([customer], kind=Kind.STEP, title="供电方案已答复", body="内容")

    expected = {"type": "notice", "id": rows[0].pk.hex, "kind": "step", "title": "供电方案已答复"}
    assert [await socket.event() for socket in sockets] == [expected, expected]
    assert await stranger.receive_nothing()
    for socket in (*sockets, stranger):
        await socket.disconnect()


async def test_frame_names_nobody_it_went_to(customer, outsider):
    sockets = [await Socket.opened_by(customer), await Socket.opened_by(outsider)]
    room = uuid4()

    await sync_to_async(publishing.send)([customer.pk, outsider.pk, customer.pk], {"type": "message", "room": room})

    for socket in sockets:
        assert await socket.event() == {"type": "message", "room": str(room)}
        assert await socket.receive_nothing()
        await socket.disconnect()


async def test_stranger_is_closed_with_a_code_that_the_browser_sees(db):
    socket = await Socket.opened_by(None)

    assert await socket.closed() == Close.LOGIN_NEEDED


@pytest.mark.parametrize(
    "text",
    ["x" * 5000, "no json", '{"type": "session.check"}', "[1]", '{"front": "room"}', '{"front": 1e999}', "[" * 900],
)
async def test_cf_24_nonsense_is_dropped_and_the_socket_lives(customer, text):
    socket = await Socket.opened_by(customer)

    await socket.say(text)
    await socket.send_input({"type": "websocket.receive", "bytes": b"\x00" * 2000})

    assert await socket.receive_nothing()
    await sync_to_async(notify)([customer], kind=Kind.STEP, title="公告")
    assert (await socket.event())["title"] == "公告"
    await socket.disconnect()


async def test_page_that_asks_whether_we_are_there_is_answered(customer):
    socket = await Socket.opened_by(customer)

    await socket.say('{"ping":1}')

    assert await socket.event() == {"type": "pong"}
    await socket.disconnect()


async def test_ch_05_cf_24_flood_closes_the_socket(customer):
    flooding, calm = await Socket.opened_by(customer), await Socket.opened_by(customer)

    for _ in range(20):
        await flooding.say("{}")

    assert await flooding.closed() == Close.TOO_MUCH
    assert await calm.receive_nothing()
    await calm.disconnect()


async def test_ch_05_sockets_of_one_user_are_capped(customer, settings):
    settings.SOCKETS_PER_USER = 2
    first, second, third = [await Socket.opened_by(customer) for _ in range(3)]

    assert await third.closed() == Close.TOO_MUCH
    await first.disconnect()
    again = await Socket.opened_by(customer)

    assert await again.receive_nothing()
    for socket in (second, again):
        await socket.disconnect()


async def test_ch_05_sockets_of_one_address_are_capped(customer, outsider, settings):
    settings.SOCKETS_PER_ADDRESS = 1
    first = await Socket.opened_by(customer, address="192.0.2.7")

    assert await (await Socket.opened_by(outsider, address="192.0.2.7")).closed() == Close.TOO_MUCH
    other = await Socket.opened_by(outsider, address="192.0.2.8")

    assert await other.receive_nothing()
    for socket in (first, other):
        await socket.disconnect()


async def test_recheck_closes_the_sockets(customer, outsider):
    socket, other = await Socket.opened_by(customer), await Socket.opened_by(outsider)

    await sync_to_async(recheck_sockets)(customer)

    assert await socket.closed() == Close.CHECK_AGAIN
    assert await other.receive_nothing()
    await other.disconnect()


def end_session(user, client):
    name = django_settings.SESSION_COOKIE_NAME
    store = import_module(django_settings.SESSION_ENGINE).SessionStore
    store.get_model_class().objects.filter(session_key=client.cookies[name].value).delete()


def expire_session(user, client):
    store = import_module(django_settings.SESSION_ENGINE).SessionStore
    store.get_model_class().objects.update(expire_date=timezone.now())


def change_password(user, client):
    user.set_password("another one 2026")
    user.save()


def lock(user, client):
    user.is_active = False
    user.save()


@pytest.mark.parametrize("end", [end_session, expire_session, change_password, lock])
async def test_cf_17_socket_whose_session_is_over_is_found_and_closed(customer, outsider, end):
    client = await log_in(customer)
    socket = await Socket.opened_by(customer, client=client)
    other = await Socket.opened_by(outsider)
    await sync_to_async(end)(customer, client)

    await hub.here().inspect()
    await sync_to_async(publishing.send)([customer.pk], {"type": "message"})

    assert await socket.receive_output(10) == {"type": "websocket.close", "code": Close.LOGIN_NEEDED}
    assert await socket.receive_nothing()
    if end is not expire_session:
        assert await other.receive_nothing()
        await other.disconnect()


async def test_cf_17_inspection_comes_within_a_minute():
    assert hub.INSPECTION_SECONDS <= 60


async def test_socket_lives_eight_hours_at_most(customer, monkeypatch):
    socket = await Socket.opened_by(customer)
    monkeypatch.setattr(presence, "LONGEST_LIFE_SECONDS", -1)

    await hub.here().inspect()

    assert await socket.closed() == Close.CHECK_AGAIN


async def until(condition):
    async with asyncio.timeout(PATIENCE):
        while not await sync_to_async(condition)():
            await asyncio.sleep(0.01)


async def test_room_in_front_is_known_until_the_page_leaves_it(customer, outsider):
    room = uuid4()
    socket, other = await Socket.opened_by(customer), await Socket.opened_by(outsider)

    await socket.say(json.dumps({"front": str(room)}))
    await other.say(json.dumps({"front": str(uuid4())}))
    await until(lambda: publishing.users_in_front_of(room) == {customer.pk})
    await socket.say('{"front": null}')
    await until(lambda: publishing.users_in_front_of(room) == set())
    await socket.say(json.dumps({"front": str(room)}))
    await until(lambda: publishing.users_in_front_of(room) == {customer.pk})
    await socket.disconnect()

    assert await sync_to_async(publishing.users_in_front_of)(room) == set()
    await other.disconnect()


async def test_room_in_front_of_a_process_that_died_is_forgotten(customer):
    room, long_ago = uuid4(), timezone.now() - presence.FRONT_LASTS
    await OpenRoom.objects.acreate(socket=uuid4(), user=customer, room=room, seen_at=long_ago)
    socket = await Socket.opened_by(customer)

    assert await sync_to_async(publishing.users_in_front_of)(room) == set()
    await hub.here().inspect()

    assert not await OpenRoom.objects.aexists()
    await socket.disconnect()


async def test_inspection_renews_the_room_in_front(customer):
    room = uuid4()
    socket = await Socket.opened_by(customer)
    await socket.say(json.dumps({"front": str(room)}))
    await until(lambda: publishing.users_in_front_of(room) == {customer.pk})
    almost = timezone.now() - presence.FRONT_LASTS * 0.9
    await OpenRoom.objects.aupdate(seen_at=almost)

    await hub.here().inspect()

    assert (await OpenRoom.objects.aget()).seen_at > almost + presence.FRONT_LASTS * 0.5
    await socket.disconnect()


async def test_reading_the_room_tells_the_new_count(customer):
    await sync_to_async(notify)([customer], kind=Kind.MESSAGE, title="一条新消息", key="room:1")
    await sync_to_async(notify)([customer], kind=Kind.STEP, title="公告")
    socket = await Socket.opened_by(customer)

    await sync_to_async(mark_key_read)(customer, "room:1")
    await sync_to_async(mark_key_read)(customer, "room:1")

    assert await socket.event() == {"type": "unread", "unread": 1}
    assert await socket.receive_nothing()
    await socket.disconnect()
