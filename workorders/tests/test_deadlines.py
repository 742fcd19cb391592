from datetime import date

import pytest

from workorders import deadlines
from workorders.enums import State, SupplyMode


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 11, 23), 10, (date(2026, 12, 7), False)),
        (date(2026, 11, 23), 20, (date(2026, 12, 21), False)),
        (date(2026, 9, 30), 3, (date(2026, 10, 10), False)),  # a Saturday people work (调休)
        (date(2026, 2, 13), 2, (date(2026, 2, 24), False)),  # across the Spring Festival
        (date(2026, 12, 21), 10, (date(2027, 1, 5), True)),  # beyond the published calendar
    ],
)
def test_working_days_follow_the_calendar_and_say_where_it_ends(start, days, expected):
    assert deadlines.add_working_days(start, days) == expected


def test_plan_with_a_second_source_takes_longer():
    assert deadlines.limit(State.SURVEYING, SupplyMode.SINGLE) == 10
    assert deadlines.limit(State.SURVEYING, SupplyMode.DOUBLE) == 20


def test_every_state_of_the_utility_has_a_limit_and_no_other():
    assert {state for state in State if deadlines.limit(state, SupplyMode.SINGLE)} == set(State.utility_states)


def test_clock_runs_for_the_utility_and_stops_for_the_customer(make_order):
    assert make_order(State.SUBMITTED).due_on is not None
    assert make_order(State.ACCEPTED).due_on is None


@pytest.mark.parametrize(
    ("due", "text", "level"),
    [
        (date(2026, 11, 26), "剩余 3 个工作日", "ok"),
        (date(2026, 11, 24), "剩余 1 个工作日", "amber"),
        (date(2026, 11, 23), "今日到期", "amber"),
        (date(2026, 11, 20), "已超期 1 个工作日", "overdue"),
    ],
)
def test_what_is_left_is_said_in_words_and_level(make_order, due, text, level):
    order = make_order(State.SUBMITTED)
    order.due_on, order.due_is_estimate = due, False

    left = deadlines.remaining(order, today=date(2026, 11, 23))

    assert (left.text, left.level) == (text, level)
