"""Rooms open with the dispatch, tell the order's steps, follow the manager, and close with the order."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from chat import order_hooks
from chat.conftest import refusal
from chat.enums import MemberRole, RoomState
from chat.exceptions import NotFound
from chat.models import AuditEntry, Room
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
