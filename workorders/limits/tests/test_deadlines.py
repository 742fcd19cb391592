from datetime import date, datetime

import pytest
from django.utils import timezone

from workorders.enums import State, SupplyMode
from workorders.limits import deadlines, rules
from workorders.models import CalendarDay, Limit, ServiceArea, SupplyPlan
from workorders.tests.bare import bare_order


@pytest.fixture
def order_in(customer, manager, area):
    """Return a function that makes an order in a state, by default entered on Monday 2026-11-23."""

    def make(state, **fields):
        fields.setdefault("entered_at", timezone.make_aware(datetime(2026, 11, 23, 10)))
        return bare_order(customer, manager, state, **fields)

    return make


def days_of(**case):
    return rules.Rules().limit(State.SURVEYING, **case)


def test_plan_with_a_second_source_takes_longer():
    assert rules.default(State.SURVEYING, SupplyMode.SINGLE) == 10
    assert rules.default(State.SURVEYING, SupplyMode.DOUBLE) == 20


def test_every_state_of_the_utility_has_a_limit_and_no_other():
    assert {state for state in State if rules.default(state)} == set(State.utility_states)


def test_clock_runs_for_the_utility_and_stops_for_the_customer(make_order):
    assert make_order(State.SUBMITTED).due_on is not None
    assert make_order(State.ACCEPTED).due_on is None


def test_most_specific_limit_wins_area_before_voltage_before_supply_mode(area):
    rows = [
        {"days": 11},
        {"days": 12, "supply_mode": SupplyMode.DOUBLE},
        {"days": 13, "min_voltage": 35},
        {"days": 14, "min_voltage": 35, "supply_mode": SupplyMode.DOUBLE},
        {"days": 15, "area": area},
    ]
    Limit.objects.bulk_create(Limit(state=State.SURVEYING, **row) for row in rows)

    assert days_of(supply_mode=SupplyMode.SINGLE, voltage=10) == 11
    assert days_of(supply_mode=SupplyMode.DOUBLE, voltage=10) == 12
    assert days_of(supply_mode=SupplyMode.SINGLE, voltage=110) == 13
    assert days_of(supply_mode=SupplyMode.DOUBLE, voltage=35) == 14
    assert days_of(area_id=area.pk, supply_mode=SupplyMode.DOUBLE, voltage=110) == 15


def test_limit_of_another_area_or_a_higher_voltage_does_not_count(area):
    other = ServiceArea.objects.exclude(pk=area.pk).first()
    Limit.objects.create(state=State.SURVEYING, area=other, days=3)
    Limit.objects.create(state=State.SURVEYING, min_voltage=35, days=4)

    assert days_of(area_id=area.pk, supply_mode=SupplyMode.SINGLE, voltage=10) == 10


def test_terms_of_the_plan_count_before_those_applied_for(order_in):
    order = order_in(State.SURVEYING)
    before = deadlines.due(order, date(2026, 11, 23))
    order.plan = SupplyPlan(order=order, supply_mode=SupplyMode.DOUBLE, voltage=10, capacity=1000)

    assert before == (date(2026, 12, 7), False)
    assert deadlines.due(order, date(2026, 11, 23)) == (date(2026, 12, 21), False)


def test_new_limit_or_holiday_moves_the_open_orders(order_in):
    order = order_in(State.DESIGN_SUBMITTED)
    closed = order_in(State.ARCHIVED, number="261124000002")
    customers = order_in(State.DESIGN_OPEN, number="261124000003")

    deadlines.recompute()
    order.refresh_from_db()
    first = order.due_on
    Limit.objects.create(state=State.DESIGN_SUBMITTED, days=2)
    CalendarDay.objects.create(day=date(2026, 11, 24), is_working=False)
    changed = deadlines.recompute()
    order.refresh_from_db()

    assert (first, order.due_on, changed) == (date(2026, 11, 30), date(2026, 11, 26), 1)
    assert deadlines.recompute() == 0
    for other in (closed, customers):
        other.refresh_from_db()
        assert other.due_on is None


def test_recompute_takes_every_order_across_batches(order_in, monkeypatch):
    monkeypatch.setattr(deadlines, "_BATCH", 2)
    for number in range(5):
        order_in(State.SUBMITTED, number=f"26112400000{number}")

    assert deadlines.recompute() == 5


def test_recompute_takes_the_same_queries_for_one_order_and_ten(order_in, django_assert_num_queries):
    for number in range(10):
        order_in(State.SUBMITTED, number=f"2611240000{number:02}")

    # Calendar, promises, limits, answers and calls owed each within a savepoint, and per batch of 200: savepoint,
    # orders, their requests, update, release.
    with django_assert_num_queries(14):
        assert deadlines.recompute() == 10


def test_estimate_ends_when_the_list_of_the_year_is_there(order_in):
    order = order_in(State.SURVEYING, entered_at=timezone.make_aware(datetime(2026, 12, 21, 10)))
    deadlines.recompute()
    order.refresh_from_db()
    estimated = order.due_is_estimate
    for day in (date(2027, 1, 1), date(2027, 10, 1)):
        CalendarDay.objects.create(day=day, is_working=False)

    deadlines.recompute()
    order.refresh_from_db()

    assert estimated
    assert (order.due_on, order.due_is_estimate) == (date(2027, 1, 5), False)


@pytest.mark.parametrize(
    ("due", "text", "level"),
    [
        (date(2026, 11, 26), "剩余 3 个工作日", "ok"),
        (date(2026, 11, 24), "剩余 1 个工作日", "amber"),
        (date(2026, 11, 23), "今日到期", "amber"),
        (date(2026, 11, 20), "已超期 1 个工作日", "overdue"),
    ],
)
def test_what_is_left_is_said_in_words_and_level(order_in, due, text, level):
    order = order_in(State.SUBMITTED, due_on=due)

    left = deadlines.remaining(order, today=date(2026, 11, 23))

    assert (left.text, left.level) == (text, level)


def test_weekend_after_the_due_date_is_late_already(order_in):
    order = order_in(State.SUBMITTED, due_on=date(2026, 11, 20))

    left = deadlines.remaining(order, today=date(2026, 11, 21))

    assert (left.text, left.level) == ("已超期，不足 1 个工作日", "overdue")


@pytest.mark.parametrize(("due", "words"), [(date(2099, 1, 2), "前办结"), (date(2020, 1, 2), "原应于")])
def test_customer_reads_until_when_or_how_late(order_in, browser_of, customer, due, words):
    order = order_in(State.SUBMITTED, due_on=due)

    page = browser_of(customer).get(order.get_absolute_url()).content.decode()

    assert words in page
    assert ("已超期" in page) == (due.year == 2020)
