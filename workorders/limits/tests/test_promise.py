"""The whole clock: working days used over all turns of the utility against what was promised for all of them."""

from datetime import date, datetime, time, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workorders import inputs
from workorders.demo import driver
from workorders.enums import RequestState, State, SupplyMode
from workorders.journey import flow
from workorders.limits import deadlines, promise, rules
from workorders.limits.calendar import MARKS_OF_A_LIST, Calendar
from workorders.limits.tests.test_calendar import days_of_rows, lists, slow_is_working
from workorders.models import STEPS, CalendarDay, Promise, ServiceArea, SupplyPlan, WholeTime, WorkOrder
from workorders.requests import supplements
from workorders.tests.bare import bare_order

FIRST = date(2026, 10, 1)


def at(day, hour=10):
    return timezone.make_aware(datetime.combine(day, time(hour)))


# Of a life: turns of (is it the utility's, calendar days), and requests of (days after the submission until asked,
# days until answered; None: never).
turns = st.lists(st.tuples(st.booleans(), st.integers(0, 25)), min_size=1, max_size=12)
requests = st.lists(st.tuples(st.integers(0, 150), st.none() | st.integers(0, 30)), max_size=5)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=days_of_rows, listed=lists, begun=st.integers(0, 300), turns=turns, asked=requests, promised=st.integers(1, 40)
)
def test_wf_22_whole_clock_equals_a_slow_oracle_over_random_calendars_pauses_and_rounds(
    rows, listed, begun, turns, asked, promised
):
    rows |= {date(year, *mark): False for year in listed for mark in MARKS_OF_A_LIST}
    calendar, submitted = Calendar(rows), FIRST + timedelta(days=begun)
    lived = submitted + timedelta(days=sum(length for _, length in turns))
    waited = list(ask(submitted, (lived - submitted).days, asked))
    order = live(calendar, submitted, turns, waited, promised)

    found = promise.total(order, lived, calendar)

    assert found.used == len(slow_days(rows, submitted, turns, waited))
    assert found.is_late == (found.used > promised)
    is_ours = turns[-1][0] and not any(each.answered_at is None and each.pauses for each in waited)
    assert (order.promise_on is not None) == is_ours
    if is_ours:
        compare(rows, order.promise_on, lived, found.left)
        assert found.is_late == (order.promise_on < promise.last_day_kept(lived, calendar))
        assert (found.left <= promise.NEAR) == (order.promise_on <= promise.last_day_near(lived, calendar))


def ask(submitted, length, asked):
    """Return requests within the life; each third one does not stop the clock."""
    for number, (after, days) in enumerate(asked):
        day = submitted + timedelta(days=after % (length + 1))
        until = None if days is None else day + timedelta(days=days)
        yield SimpleNamespace(
            pauses=number % 3 < 2, asked_on=day, asked_at=at(day), answered_at=until and at(until, 16), ended_at=None,
            state=RequestState.OPEN if until is None else RequestState.ANSWERED,
        )  # fmt: skip


def live(calendar, submitted, turns, waited, promised):
    """Return an order as the flow leaves it: each finished turn of the utility counted at its end, as it was then."""
    order = SimpleNamespace(used_days=0, promised_days=promised, promise_on=None, submitted_at=at(submitted))
    start, last = submitted, submitted + timedelta(days=sum(length for _, length in turns))
    for number, (is_ours, length) in enumerate(turns):
        end = start + timedelta(days=length)
        order.entered_at, order.state = at(start), State.SURVEYING if is_ours else State.DESIGN_OPEN
        order.requests = SimpleNamespace(all=lambda: waited)
        if is_ours and number < len(turns) - 1:
            order.used_days += rules.running(calendar, order, start, end)
            start = end
        elif number < len(turns) - 1:
            start = end
    order.promise_on = rules.runs_out(calendar, order, start, last)
    return order


def slow_days(rows, submitted, turns, waited):
    """Return the days that count, one by one: worked, in a turn of the utility but not its first, none waited on."""
    counted, start = set(), submitted
    for is_ours, length in turns:
        end, day = start + timedelta(days=length), start
        while is_ours and day < end:
            day += timedelta(days=1)
            stood = any(
                each.pauses and each.asked_on < day and (each.answered_at is None or day <= each.answered_at.date())
                for each in waited
            )
            if slow_is_working(rows, day)[0] and not stood:
                counted.add(day)
        start = end
    return counted


def compare(rows, runs_out, today, left):
    """Hold the date on which the promise runs out against the days that are left, one by one."""
    day, step = today, 1 if left > 0 else -1
    while left > 0 and day < runs_out:
        day += timedelta(days=1)
        left -= slow_is_working(rows, day)[0]
    while step < 0 and day > runs_out:
        left += slow_is_working(rows, day)[0]
        day -= timedelta(days=1)
    assert (day, left) == (runs_out, 0)


def order_in(customer, manager, state=State.SURVEYING, *, entered=date(2026, 11, 23), **fields):
    order = bare_order(customer, manager, state, entered_at=at(entered), submitted_at=at(entered), **fields)
    deadlines.recompute()
    return WorkOrder.objects.get(pk=order.pk)


def test_steps_add_up_and_a_day_on_which_two_turns_meet_counts_once(make_order, manager, customer, time_machine):
    """Ours from Monday to Wednesday, and again from that Wednesday to Friday: four days, not five."""
    time_machine.move_to(at(date(2026, 11, 2)))
    order = make_order(State.SUBMITTED)
    time_machine.move_to(at(date(2026, 11, 4)))
    order = flow.advance(order, "accept", inputs.Acceptance(manager=manager), by=manager)
    wish = inputs.SurveyWish(intended_survey_at=at(date(2026, 11, 9)))
    order = flow.advance(order, "book_survey", wish, by=customer)
    time_machine.move_to(at(date(2026, 11, 6)))

    found = promise.total(order)

    assert (order.used_days, found.used, found.promised) == (2, 4, 22)
    assert order.promise_on == Calendar({}).add(date(2026, 11, 4), 20)[0]
    order = flow.advance(
        order, "dispatch_survey", driver.prepare(order, STEPS["dispatch_survey"], manager=manager), by=manager
    )
    assert order.used_days == order.times.aggregate(n=Sum("days"))["n"] == 4


def test_customers_turn_and_a_request_stop_the_whole_clock(customer, manager, area, time_machine):
    order = order_in(customer, manager, State.DESIGN_OPEN, used_days=5)
    assert (order.promise_on, promise.total(order, date(2027, 1, 29)).used) == (None, 5)

    order = order_in(customer, manager, number="261124000002", application_number="SQ261124000002")
    time_machine.move_to(at(date(2026, 11, 24)))
    request = supplements.ask(order, by=manager, kind="other", text="负荷清单", due_on=date(2026, 12, 31))
    order = WorkOrder.objects.get(pk=order.pk)
    assert (order.promise_on, promise.total(order, date(2026, 11, 27)).used) == (None, 1)
    assert not promise.total(order).is_running

    time_machine.move_to(at(date(2026, 11, 27)))
    supplements.answer(request, text="已改", by=customer)

    order = WorkOrder.objects.get(pk=order.pk)
    assert order.promise_on == Calendar({}).add(date(2026, 11, 23), 22 + 3)[0]
    assert promise.total(order, date(2026, 11, 30)).used == 2


def promise_of(**case):
    return rules.Rules().promise(**case)


def test_most_specific_promise_wins_and_the_default_knows_the_supply_mode(area):
    assert (promise_of(supply_mode=SupplyMode.SINGLE), promise_of(supply_mode=SupplyMode.MULTIPLE)) == (22, 32)
    other = ServiceArea.objects.exclude(pk=area.pk).first()
    rows = [
        {"days": 21},
        {"days": 31, "supply_mode": SupplyMode.DOUBLE},
        {"days": 40, "min_voltage": 35},
        {"days": 15, "area": area},
        {"days": 3, "area": other},
    ]
    Promise.objects.bulk_create(Promise(**row) for row in rows)

    assert promise_of(supply_mode=SupplyMode.SINGLE, voltage=10) == 21
    assert promise_of(supply_mode=SupplyMode.DOUBLE, voltage=10) == 31
    assert promise_of(supply_mode=SupplyMode.DOUBLE, voltage=110) == 40
    assert promise_of(area_id=area.pk, supply_mode=SupplyMode.DOUBLE, voltage=110) == 15


def test_new_promise_plan_or_holiday_moves_what_runs_and_leaves_what_is_over(customer, manager, area):
    order = order_in(customer, manager, used_days=10)
    theirs = order_in(customer, manager, State.MID_OPEN, number="261124000002")
    closed = order_in(customer, manager, State.ARCHIVED, number="261124000003")
    assert order.promise_on == Calendar({}).add(date(2026, 11, 23), 12)[0]

    Promise.objects.create(days=15)
    CalendarDay.objects.create(day=date(2026, 11, 24), is_working=False)
    assert deadlines.recompute() == 2

    order.refresh_from_db()
    theirs.refresh_from_db()
    closed.refresh_from_db()
    assert (order.promised_days, order.promise_on) == (15, date(2026, 12, 1))
    assert (theirs.promised_days, theirs.promise_on, closed.promised_days) == (15, None, None)
    Promise.objects.all().delete()
    SupplyPlan.objects.create(order=order, supply_mode=SupplyMode.DOUBLE, voltage=10, capacity=1000, power_factor=1)
    deadlines.recompute()
    order.refresh_from_db()
    assert order.promised_days == 32


@pytest.mark.parametrize(
    ("used", "today", "text", "left", "level"),
    [
        (0, date(2026, 12, 1), "已用 6 / 承诺 22 个工作日", "还剩 16 个工作日", "ok"),
        (13, date(2026, 12, 1), "已用 19 / 承诺 22 个工作日", "还剩 3 个工作日", "amber"),
        (16, date(2026, 12, 1), "已用 22 / 承诺 22 个工作日", "承诺的工作日已用完", "amber"),
        (19, date(2026, 11, 28), "已用 23 / 承诺 22 个工作日", "已超出承诺 1 个工作日", "overdue"),
        (0, date(2027, 1, 4), "已用 29 / 承诺 22 个工作日（暂估）", "已超出承诺 7 个工作日（暂估）", "overdue"),
    ],
)
def test_it_is_said_in_words_and_level(customer, manager, area, used, today, text, left, level):
    total = promise.total(order_in(customer, manager, used_days=used), today)

    assert (total.text, total.left_text, total.level) == (text, left, level)


def test_both_sides_read_it_and_a_draft_has_none(customer, manager, area, browser_of, time_machine):
    time_machine.move_to(at(date(2026, 12, 1)))
    order = order_in(customer, manager)
    assert promise.total(WorkOrder(customer=customer)) is None

    assert "供电企业已用 6 / 承诺 22 个工作日" in browser_of(customer).get(order.get_absolute_url()).content.decode()
    desk = browser_of(manager).get(order.get_desk_url()).content.decode()
    assert "总时限：已用 6 / 承诺 22 个工作日" in desk


def test_archive_keeps_the_whole_time_from_the_first_submission(make_order, manager, customer, time_machine):
    time_machine.move_to(at(date(2026, 10, 12)))
    order = make_order(State.SUBMITTED)
    flow.advance(order, "return_for_correction", inputs.Reason(reason="演示"), by=manager)
    time_machine.move_to(at(date(2026, 10, 14)))
    order = flow.advance(order, "submit", by=customer)
    time_machine.move_to(at(date(2026, 10, 16)))
    order = driver.drive(order, State.ARCHIVED, manager=manager, short=True)

    whole = WholeTime.objects.get()

    assert (whole.applied_on, whole.energised_on, whole.calendar_days) == (date(2026, 10, 12), date(2026, 10, 16), 4)
    assert (whole.days, whole.promised, whole.area) == (order.used_days, 22, order.service_area)
    assert whole.days == order.times.aggregate(n=Sum("days"))["n"] == 2


def test_migration_fills_the_orders_that_were_there_before(customer, manager, area, make_order):
    done = make_order(State.ARCHIVED, short=True)
    kept = list(WholeTime.objects.values())
    running = order_in(customer, manager, used_days=0, number="261124000002")
    paused = order_in(customer, manager, number="261124000003", application_number="SQ261124000003")
    supplements.ask(paused, by=manager, kind="other", text="演示", due_on=timezone.localdate())
    before = list(WorkOrder.objects.order_by("pk").values("pk", "used_days", "promised_days", "promise_on"))
    WholeTime.objects.all().delete()
    WorkOrder.objects.update(used_days=0, promised_days=None, promise_on=None)

    import_module("workorders.migrations.0013_fill_whole_clock").fill(apps, SimpleNamespace(connection=connection))

    assert list(WorkOrder.objects.order_by("pk").values("pk", "used_days", "promised_days", "promise_on")) == before
    assert list(WholeTime.objects.values()) == kept
    assert WorkOrder.objects.get(pk=running.pk).promise_on
    assert WorkOrder.objects.get(pk=done.pk).promised_days == 22
