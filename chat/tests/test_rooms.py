"""Rooms open with the dispatch, tell the order's steps, follow the manager, and close with the order."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from chat import order_hooks
from chat.conftest import refusal
from chat.enums import MemberRole, RoomState
from chat.exceptions import NotFound
from chat.messaging.posting import Draft, post
from chat.models import AuditEntry, Room
from chat.rooms import listing, membership, unread
from notifications.models import Notification
from workorders import inputs
from workorders.demo import driver
from workorders.desk import dispatch
from workorders.enums import State
from workorders.journey import announce, flow
from workorders.models import WorkOrder
from workorders.trace import record


def roles(room):
    return {(member.user.name, member.role) for member in room.memberships.present().select_related("user")}


def test_room_opens_with_the_dispatch(make_room):
    room = make_room()

    assert room.is_open
    assert roles(room) == {("演示客户", MemberRole.CUSTOMER), ("演示经理", MemberRole.MANAGER)}
    assert [line.seq for line in room.messages.all()] == list(range(1, room.last_seq + 1))
    assert "勘察派工" in room.messages.last().body


def test_order_without_transformer_has_no_room(make_room):
    assert make_room(has_transformer=False) is None


def test_no_room_before_the_dispatch(make_order):
    assert not Room.objects.filter(pk=make_order(State.SURVEY_BOOKED).pk).exists()


def test_second_dispatch_keeps_the_room(room, customer, manager):
    before = room.last_seq
    flow.advance(
        room.order,
        "change_survey_time",
        inputs.SurveyWish(intended_survey_at=driver.visit_at(4), reason="改期"),
        by=customer,
    )
    flow.advance(
        room.order, "dispatch_survey", inputs.Dispatch(survey_at=driver.visit_at(3), surveyor="演示勘察"), by=manager
    )

    room.refresh_from_db()
    assert room.last_seq == before + 2
    assert room.memberships.count() == 2


def test_cf_20_one_line_for_one_event_however_often_it_is_told(room):
    event = room.order.events.last()
    before = room.messages.count()

    order_hooks.event_added(event)
    order_hooks.event_added(event)

    assert room.messages.count() == before


def test_line_of_a_step_keeps_the_note_to_those_it_is_for(room, manager):
    record.note(room.order, "supplement", label="补充资料", by=manager, note="身份证号有误")

    assert "补充资料" in room.messages.last().body
    assert not room.messages.filter(body__contains="身份证").exists()


def test_internal_note_and_readings_are_not_told(room, manager):
    before = room.messages.count()

    record.note(room.order, "internal_note", label="内部备注", by=manager, is_public=False)
    record.note(room.order, "read_papers", label="查看资料", by=manager)

    assert room.messages.count() == before


def test_step_that_fails_leaves_no_line(room, customer):
    before = room.messages.count()

    with pytest.raises((ValidationError, flow.Conflict)):
        flow.advance(room.order, "submit_design", by=customer)

    room.refresh_from_db()
    assert room.messages.count() == before == room.last_seq


def test_ch_13_closed_order_makes_the_room_read_only(room, manager, customer, say):
    flow.advance(room.order, "terminate", inputs.Reason(reason="客户不再需要"), by=manager)

    room.refresh_from_db()
    assert room.state == RoomState.READONLY
    assert "只读" in room.messages.last().body
    assert refusal(say, customer, "还在吗") == "readonly"
    assert AuditEntry.objects.filter(room=room, action="close").exists()


def test_reassigned_order_takes_its_new_manager_in_and_the_old_one_out(room, area, manager, far_manager, supervisor):
    area.managers.add(far_manager)

    dispatch.reassign([room.order], area=area, manager=far_manager, by=supervisor)

    assert roles(room) == {("演示客户", MemberRole.CUSTOMER), ("演示远方", MemberRole.MANAGER)}
    old = room.memberships.get(user=manager)
    assert old.removal_reason == "客户经理变更"


def test_az_20_manager_moved_to_another_area_leaves_its_rooms(room, area, manager, far_manager, say, browser_of):
    http, address = browser_of(manager), reverse("chat:room", args=[room.pk])
    assert http.get(address).status_code == 200

    area.managers.set([far_manager])

    assert http.get(address).status_code == 404
    with pytest.raises(NotFound):
        say(manager)
    assert not Room.objects.visible_to(manager).exists()
    assert roles_shown(room, browser_of(far_manager)) == {"演示客户"}
    assert announce.managers_of(room.order) == [far_manager]
    area.managers.add(manager)
    assert http.get(address).status_code == 200


def roles_shown(room, http):
    return {row.user.name for row in http.get(reverse("chat:members", args=[room.pk])).context["members"]}


def test_supervisors_and_the_areas_managers_may_look(room, supervisor, manager, far_manager, outsider, colleague):
    visible = {
        user.name
        for user in (supervisor, manager, far_manager, outsider, colleague)
        if Room.objects.visible_to(user).exists()
    }

    assert visible == {"演示主管", "演示经理"}
    assert WorkOrder.objects.visible_to(supervisor).exists()


def test_room_of_a_closed_order_waits_for_nobody_and_leaves_the_start_page(make_room, customer, manager):
    room, other = make_room(), make_room()
    for each in (room, other):
        post(each, Draft(uuid4(), "在吗"), by=customer)
    assert {(link.url, link.note) for link in order_hooks.news(manager)} == {
        (each.get_absolute_url(), f"工单 {each.order}") for each in (room, other)
    }

    flow.advance(room.order, "terminate", inputs.Reason(reason="演示"), by=manager)

    assert [link.url for link in order_hooks.news(manager)] == [other.get_absolute_url()]
    assert Room.objects.get(pk=room.pk).waiting_since is None
    assert [row.room.pk for row in listing.waiting(manager) if row.room.waiting_since] == [other.pk]


def test_ones_own_step_is_not_unread(room, customer, manager):
    assert (unread.count(room, manager), unread.count(room, customer)) == (0, 1)
    membership.mark_read(room.memberships.get(user=customer), room.last_seq)

    wish = inputs.SurveyWish(intended_survey_at=driver.visit_at(4), reason="改期")
    flow.advance(room.order, "change_survey_time", wish, by=customer)

    room = Room.objects.get(pk=room.pk)
    assert (unread.count(room, manager), unread.count(room, customer)) == (1, 0)


def test_supervisor_sees_the_rooms_of_the_areas(make_room, supervisor, customer, browser_of, far_manager):
    rooms = [make_room(), make_room()]
    post(rooms[1], Draft(uuid4(), "在吗"), by=customer)

    shown = browser_of(supervisor).get(reverse("admin:chat_room_changelist")).context["rows"]

    assert [row.room for row in shown] == rooms[::-1]
    assert listing.waiting(far_manager) == []


def test_acting_on_an_order_reads_what_was_told_of_it(room, customer, manager):
    told = Notification.objects.filter(user=customer, url=room.order.get_absolute_url())
    other = Notification.objects.create(user=customer, kind="step", title="别的工单", url="/orders/")
    assert told.unread().exists()

    wish = inputs.SurveyWish(intended_survey_at=driver.visit_at(4), reason="改期")
    flow.advance(room.order, "change_survey_time", wish, by=customer)

    assert not told.unread().exists()
    assert Notification.objects.unread().filter(pk=other.pk).exists()
    assert Notification.objects.unread().filter(user=manager, url=room.order.get_desk_url()).exists()


def test_page_says_what_time_it_is_here_because_a_phone_may_be_wrong(room, customer, browser_of, time_machine):
    time_machine.move_to("2030-01-02T03:04:05+00:00", tick=False)

    page = browser_of(customer).get(room.get_absolute_url()).content.decode()

    assert 'data-now="1893553445000"' in page
    scripts = (settings.BASE_DIR / "static").rglob("*.js")
    assert [path.name for path in scripts if "new Date()" in path.read_text(encoding="utf-8")] == []
