"""Many at once, on the real PostgreSQL: numbers without gaps, nothing twice, nobody skipped."""

import threading
import time
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.enums import Role
from accounts.models import User
from chat import order_hooks
from chat.enums import MemberRole
from chat.exceptions import ChatError, NotFound
from chat.messaging import history, numbering, posting, throttle
from chat.messaging.posting import Draft
from chat.models import Message, Room
from chat.rights import Access
from chat.rooms import inviting, membership
from conftest import PATIENCE
from workorders.journey.tests.test_races import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def crew(room):
    """Eight managers of the area in the room: they need no real-name check."""
    users = [User.objects.create_user(f"199000003{number:02}", "演示同事", role=Role.MANAGER) for number in range(8)]
    room.order.service_area.managers.add(*users)
    with transaction.atomic():
        locked = numbering.lock(room.pk)
        for user in users:
            membership.add(locked, user, MemberRole.MANAGER)
    return users


def sync(room, user, after):
    return history.sync(Access(Room.objects.get(pk=room.pk), user), after=after)


def assert_numbered(room):
    seqs = list(Message.objects.filter(room=room).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, Room.objects.get(pk=room.pk).last_seq + 1))


def test_cf_09_thirty_posts_of_one_uuid_are_one_message(room, customer):
    uuid = uuid4()

    results = at_once(30, lambda _: posting.post(room, Draft(uuid, "您好"), by=customer))

    assert len({message.pk for message, _ in results}) == 1
    assert sum(is_new for _, is_new in results) == 1
    assert Message.objects.filter(client_uuid=uuid).count() == 1
    assert_numbered(room)


def test_cf_12_burst_of_many_writers_is_numbered_and_a_reader_misses_nothing(room, crew, customer):
    got, known, stop = [], Room.objects.get(pk=room.pk).last_change, threading.Event()

    def read():
        nonlocal known
        try:
            while True:
                was_over = stop.is_set()
                answer = sync(room, customer, known)
                got.extend(message["body"] for message in answer["messages"])
                known = answer["upto"]
                if was_over and not answer["more"]:
                    return
        finally:
            connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    at_once(8, lambda n: [posting.post(room, Draft(uuid4(), f"{n}-{k}"), by=crew[n]) for k in range(10)])
    stop.set()
    reader.join()

    said = list(Message.objects.filter(room=room, author__in=crew).order_by("seq").values_list("body", flat=True))
    assert len(said) == 80
    assert got == said
    assert_numbered(room)


def test_cf_22_slow_writer_holds_the_next_one_back_and_no_reader_skips(room, crew, customer):
    known = Room.objects.get(pk=room.pk).last_change
    holds, has_looked, seen = threading.Event(), threading.Event(), []

    def write(number):
        if number == 0:
            with transaction.atomic():
                posting.post(room, Draft(uuid4(), "慢"), by=crew[0])
                holds.set()
                time.sleep(0.5)  # for the next one to reach the lock
                assert has_looked.wait(PATIENCE)
        elif number == 1:
            assert holds.wait(PATIENCE)
            posting.post(room, Draft(uuid4(), "快"), by=crew[1])
        else:
            assert holds.wait(PATIENCE)
            deadline = time.monotonic() + PATIENCE
            while seen[-1:] != [["慢", "快"]] and time.monotonic() < deadline:
                seen.append([message["body"] for message in sync(room, customer, known)["messages"]])
                has_looked.set()
                time.sleep(0.05)

    at_once(3, write)

    assert all(bodies in ([], ["慢"], ["慢", "快"]) for bodies in seen)
    assert [] in seen
    assert seen[-1] == ["慢", "快"]


def test_cf_19_twenty_openings_of_one_link_are_one_joining(room, customer, builder):
    person = {"role": MemberRole.CONSTRUCTION, "name": "演示施工员", "phone": builder.phone}
    invitation = inviting.invite(room, by=customer, **person)

    results = at_once(20, lambda _: inviting.accept(invitation, builder))

    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert all(isinstance(result, ChatError) for result in results if isinstance(result, Exception))
    assert room.memberships.filter(user=builder).count() == 1
    assert Message.objects.filter(room=room, body__contains="加入了群聊").count() == 1


def test_cf_20_event_told_ten_times_at_once_is_one_line(room):
    event = room.order.events.last()
    Message.objects.filter(room=room, event_key=f"event:{event.number}").update(event_key="moved")

    def tell(_):
        with transaction.atomic():
            order_hooks.event_added(event)

    at_once(10, tell)

    assert Message.objects.filter(room=room, event_key=f"event:{event.number}").count() == 1
    assert_numbered(room)


def test_cf_18_nothing_of_a_member_comes_after_their_removal(room, customer, builder, let_in):
    member = let_in(builder)

    def act(number):
        if number == 5:
            membership.remove(member, by=customer)
        return posting.post(room, Draft(uuid4(), str(number)), by=builder) if number != 5 else None

    results = at_once(10, act)

    left = Message.objects.get(room=room, body__contains="移出群聊")
    said = Message.objects.filter(room=room, author=builder)
    assert all(message.seq < left.seq for message in said)
    assert said.count() + sum(isinstance(result, NotFound) for result in results) == 9
    assert_numbered(room)


def test_limit_of_the_pace_holds_for_parallel_requests(room, customer):
    results = at_once(20, lambda n: posting.post(room, Draft(uuid4(), str(n)), by=customer))

    assert sum(isinstance(result, tuple) for result in results) == throttle.MESSAGES.most
    assert {result.code for result in results if isinstance(result, ChatError)} == {"too_fast"}


def test_one_refused_among_those_written_together_spoils_nothing(room, crew, customer):
    unverified = User.objects.create_user("19900000399", "演示客户")
    with transaction.atomic():
        membership.add(numbering.lock(room.pk), unverified, MemberRole.DESIGN)

    def say(number):
        by = unverified if number % 4 == 0 else crew[number % 8]
        try:
            return posting.post(room, Draft(uuid4(), str(number)), by=by)[0].body
        except ChatError as error:
            return error.code

    results = at_once(24, say)

    assert results == ["unverified" if number % 4 == 0 else str(number) for number in range(24)]
    assert_numbered(room)
