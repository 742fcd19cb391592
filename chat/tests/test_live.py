"""What open pages and inboxes hear: frames after the commit to members only, one inbox line per room."""

from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from chat.messaging import posting, recalling
from chat.messaging.posting import Draft
from chat.rooms import membership
from notifications.live.tests.sockets import Socket
from notifications.models import Notification

live = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


def with_marks(test):
    for mark in live:
        test = mark(test)
    return test


async def next_of(socket, kind):
    while True:
        event = await socket.event()
        if event["type"] == kind:
            return event


@with_marks
async def test_members_hear_of_a_message_and_strangers_do_not(room, customer, manager, outsider):
    theirs, strangers = await Socket.opened_by(manager), await Socket.opened_by(outsider)

    message, _ = await sync_to_async(posting.post)(room, Draft(uuid4(), "您好"), by=customer)

    event = await next_of(theirs, "chat")
    assert (event["room"], event["change"], event["message"]["body"]) == (str(room.pk), message.change, "您好")
    assert await strangers.receive_nothing(0.2)
    await theirs.disconnect()
    await strangers.disconnect()


@with_marks
async def test_cf_18_removed_member_hears_of_it_and_of_nothing_after(room, customer, builder, let_in):
    member = await sync_to_async(let_in)(builder)
    socket = await Socket.opened_by(builder)

    await sync_to_async(membership.remove)(member, by=customer)
    await sync_to_async(posting.post)(room, Draft(uuid4(), "不该看到"), by=customer)

    heard = [(await socket.event())["type"]]
    while not await socket.receive_nothing(0.2):
        heard.append((await socket.event())["type"])
    assert heard == ["chat.removed"]
    await socket.disconnect()


@with_marks
async def test_members_hear_how_far_somebody_has_read(room, customer, manager):
    message, _ = await sync_to_async(posting.post)(room, Draft(uuid4(), "您好"), by=customer)
    socket = await Socket.opened_by(customer)

    place = await sync_to_async(room.memberships.select_related("room", "user").get)(user=manager)
    await sync_to_async(place.room.refresh_from_db)()
    await sync_to_async(membership.mark_read)(place, message.seq)

    event = await next_of(socket, "chat.read")
    assert (event["user"], event["seq"]) == (manager.pk.hex, message.seq)
    await socket.disconnect()


def inbox(user):
    return Notification.objects.filter(user=user, kind="message")


def test_messages_of_a_room_are_one_line_in_the_inbox_until_read(room, customer, manager, say):
    say(customer, "一")
    say(customer, "二")

    (line,) = inbox(manager)
    assert line.title == "演示客户：二"
    assert line.url == room.get_absolute_url()
    assert not inbox(customer)
    place = room.memberships.select_related("room", "user").get(user=manager)
    place.room.refresh_from_db()
    membership.mark_read(place, place.room.last_seq)
    assert not inbox(manager).unread()
    say(customer, "三")
    assert inbox(manager).count() == 2


def test_muted_member_hears_of_it_only_when_named(room, customer, manager, say):
    membership.mute(room.memberships.get(user=manager), True)

    say(customer, "一般的话")
    assert not inbox(manager)
    say(customer, "@演示经理 请看", mentions=(manager.pk.hex,))
    assert inbox(manager).get().title.startswith("[有人@您]")


def test_recalled_words_leave_the_inboxes(room, customer, manager, let_in, builder, say):
    let_in(builder)
    message = say(customer, "@演示经理 不该说的话" + "长" * 80, mentions=(manager.pk.hex,))

    recalling.recall(message, by=customer)

    titles = {line.title for user in (manager, builder) for line in inbox(user)}
    assert titles == {"演示客户：消息已撤回"}


def test_steps_are_not_told_twice(room, customer, manager):
    assert not inbox(customer)
    assert not inbox(manager)


def test_rolled_back_message_is_told_to_nobody(room, customer, manager, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as hooks:
        posting.post(room, Draft(uuid4(), "您好"), by=customer)

    assert hooks
    assert room.messages.filter(author=customer).count() == 1
