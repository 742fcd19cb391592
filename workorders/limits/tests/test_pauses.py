"""The utility's clock stands still while a request that the work depends on (补正) waits for the customer."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from workorders import inputs
from workorders.enums import RequestState, State
from workorders.journey import flow
from workorders.limits import deadlines
from workorders.models import StageTime, WorkOrder
from workorders.requests import supplements
from workorders.tests.bare import bare_order


@pytest.fixture
def surveying(customer, manager, area):
    """An order that came into the survey on Monday 2026-11-23, with a limit of ten days."""
    entered_at = timezone.make_aware(datetime(2026, 11, 23, 10))
    return bare_order(customer, manager, State.SURVEYING, entered_at=entered_at, application_number="SQ261124000001")


def ask(order, manager, **changes):
    data = {"kind": "other", "text": "负荷清单与图纸不一致", "due_on": date(2026, 12, 31), **changes}
    return supplements.ask(order, by=manager, **data)


def at(time_machine, day, month=11):
    time_machine.move_to(timezone.make_aware(datetime(2026, month, day, 15)))


def test_clock_stands_still_while_a_request_waits_for_the_customer(surveying, manager, customer, time_machine):
    """Asked on Tuesday, answered on Friday: three days do not count."""
    order = surveying
    at(time_machine, 24)
    request = ask(order, manager)
    order.refresh_from_db(fields=["due_on"])
    assert (order.due_on, order.is_paused, order.turn) == (None, True, "customer")
    assert deadlines.recompute() == 0

    at(time_machine, 27)
    supplements.answer(request, text="已改", by=customer)

    order.refresh_from_db(fields=["due_on"])
    assert order.due_on == date(2026, 12, 10)
    at(time_machine, 30)
    supplements.close(request, by=manager)
    assert deadlines.recompute() == 0


def test_requests_at_the_same_time_stop_the_clock_once_and_one_that_may_follow_does_not(
    surveying, manager, customer, time_machine
):
    at(time_machine, 24)
    first = ask(surveying, manager)
    at(time_machine, 25)
    second, later = ask(surveying, manager), ask(surveying, manager, pauses=False)
    at(time_machine, 26)
    supplements.answer(first, text="已改", by=customer)
    assert WorkOrder.objects.get().is_paused
    at(time_machine, 27)
    supplements.cancel(second, reason="不需要了", by=manager)

    assert later.state == RequestState.OPEN
    assert WorkOrder.objects.get().due_on == date(2026, 12, 10)


def test_paused_days_are_not_the_utilitys_in_the_overview(make_order, manager, customer, time_machine):
    at(time_machine, 23)
    order = make_order(State.SUBMITTED)
    request = ask(order, manager)
    at(time_machine, 26)
    supplements.answer(request, text="已改", by=customer)
    at(time_machine, 27)

    flow.advance(order, "accept", inputs.Acceptance(manager=manager), by=manager)

    time = StageTime.objects.get()
    assert (time.days, time.is_late) == (1, False)


def test_step_taken_while_the_clock_stands_still_is_counted_all_the_same(make_order, manager, time_machine):
    at(time_machine, 20)
    order = make_order(State.SUBMITTED)
    at(time_machine, 25)
    ask(order, manager)

    flow.advance(order, "accept", inputs.Acceptance(manager=manager), by=manager)

    time = StageTime.objects.get()
    assert (time.days, time.is_late) == (3, True)


def test_both_sides_read_that_the_clock_stands_still(surveying, manager, customer, browser_of):
    ask(surveying, manager)

    desk = browser_of(manager)
    assert "等补正，时限暂停" in desk.get("/admin/workorders/workorder/?tab=customer").content.decode()
    page = desk.get(f"/admin/workorders/workorder/{surveying.pk}/change/").content.decode()
    assert "等客户补正" in page
    assert "提醒客户" in page
    assert "供电企业的办理时限暂停" in browser_of(customer).get(surveying.get_absolute_url()).content.decode()
