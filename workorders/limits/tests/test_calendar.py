from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workorders.limits.calendar import FIXED_HOLIDAYS, MARKS_OF_A_LIST, Calendar, a_year_after

# The list of 2027 as a supervisor may paste it; the dates are invented but for the fixed ones.
LIST_2027 = {date(2027, 1, 1): False, date(2027, 1, 4): False, date(2027, 1, 9): True, date(2027, 10, 1): False}


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 11, 23), 10, (date(2026, 12, 7), False)),
        (date(2026, 11, 23), 20, (date(2026, 12, 21), False)),
        (date(2026, 9, 30), 3, (date(2026, 10, 10), False)),  # a Saturday people work (调休)
        (date(2026, 2, 13), 2, (date(2026, 2, 24), False)),  # across the Spring Festival
        (date(2026, 12, 21), 10, (date(2027, 1, 5), True)),  # beyond the published calendar
        (date(2026, 11, 23), 0, (date(2026, 11, 23), False)),
    ],
)
def test_working_days_follow_the_calendar_and_say_where_it_ends(start, days, expected):
    assert Calendar({}).add(start, days) == expected


def test_row_of_the_supervisors_wins_over_the_published_calendar():
    calendar = Calendar({date(2026, 11, 24): False})

    assert calendar.add(date(2026, 11, 23), 1) == (date(2026, 11, 25), False)


def test_list_of_a_year_ends_the_estimate():
    assert Calendar(LIST_2027).add(date(2026, 12, 21), 10) == (date(2027, 1, 6), False)


def test_single_row_of_a_year_is_no_list():
    calendar = Calendar({date(2027, 3, 1): False})

    assert not calendar.is_settled(2027)
    assert calendar.is_working(date(2027, 3, 1)) == (False, False)
    assert calendar.is_working(date(2027, 3, 2)) == (True, True)


@pytest.mark.parametrize(
    ("day", "end"),
    [(date(2026, 11, 24), date(2027, 11, 24)), (date(2028, 2, 29), date(2029, 2, 28))],
)
def test_year_ends_on_the_same_day_or_the_last_of_the_month(day, end):
    assert a_year_after(day) == end


days_of_rows = st.dictionaries(st.dates(date(2023, 12, 1), date(2029, 1, 31)), st.booleans(), max_size=60)
lists = st.sets(st.sampled_from([2027, 2028]))


# Without a deadline: the machine may be busy.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=days_of_rows, listed=lists, start=st.dates(date(2023, 12, 20), date(2028, 12, 31)), days=st.integers(0, 120)
)
def test_wf_10_deadlines_equal_a_slow_oracle_over_random_calendars(rows, listed, start, days):
    rows |= {date(year, *mark): False for year in listed for mark in MARKS_OF_A_LIST}
    calendar = Calendar(rows)

    due, is_estimate = calendar.add(start, days)

    assert (due, is_estimate) == slow_add(rows, start, days)
    assert calendar.between(start, due) == days
    assert calendar.is_working(due) == slow_is_working(rows, due)


def slow_is_working(rows, day):
    """Day by day, as the rule is written: rows, published calendar, weekday less fixed holidays."""
    if day in rows:
        return rows[day], False
    try:
        return chinese_calendar.is_workday(day), False
    except NotImplementedError:
        settled = all(date(day.year, *mark) in rows for mark in MARKS_OF_A_LIST)
        return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS, not settled


def slow_add(rows, start, days):
    day, is_estimate = start, False
    while days:
        day += timedelta(days=1)
        works, guessed = slow_is_working(rows, day)
        is_estimate = is_estimate or guessed
        days -= works
    return day, is_estimate
