"""The utility's limits in working days, and the date on which one runs out.

The clock of a step starts on the day after the order came to the utility and stops while it is the customer's turn.
Defaults follow 供电监管办法 and 发改能源规〔2020〕1479号, the shorter where they differ.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar
from django.utils import timezone

from workorders.enums import State, SupplyMode

LIMITS = {
    State.SUBMITTED: 1,
    State.SURVEY_BOOKED: 1,
    State.SURVEYING: 10,
    State.PLAN_SIGNED: 1,
    State.DESIGN_SUBMITTED: 5,
    State.DESIGN_OPINION_SIGNED: 1,
    State.MID_SUBMITTED: 3,
    State.MID_NOTICE_SIGNED: 1,
    State.COMPLETION_SUBMITTED: 3,
    State.COMPLETION_OPINION_SIGNED: 1,
    State.CONTRACT_SIGNED: 3,
}
PLAN_LIMIT_WITH_SECOND_SOURCE = 20
# Holidays on the same date every year (全国年节及纪念日放假办法, 2024): known before a year's calendar is published.
FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}


@dataclass(frozen=True)
class Remaining:
    """Working days left until a due date; negative where it is past."""

    days: int
    due_on: date
    is_estimate: bool

    @property
    def level(self):
        return "overdue" if self.days < 0 else "amber" if self.days <= 1 else "ok"

    @property
    def text(self):
        estimate = "（暂估）" if self.is_estimate else ""
        if self.days < 0:
            return f"已超期 {-self.days} 个工作日{estimate}"
        return (f"剩余 {self.days} 个工作日" if self.days else "今日到期") + estimate


def is_working_day(day):
    """Return (whether people work that day, whether that is an estimate): estimates begin where the calendar ends.

    Up to then holidays and 调休 are known; beyond, Monday to Friday count but for the holidays of a fixed date.
    """
    try:
        return chinese_calendar.is_workday(day), False
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS, True


def add_working_days(start, days):
    """Return (the date `days` working days after `start`, is_estimate); the start day does not count."""
    day, is_estimate = start, False
    while days:
        day += timedelta(days=1)
        works, guessed = is_working_day(day)
        is_estimate = is_estimate or guessed
        days -= works
    return day, is_estimate


def limit(state, supply_mode):
    """Return the utility's limit for a state in working days, None on the customer's side."""
    if state == State.SURVEYING and supply_mode not in ("", SupplyMode.SINGLE):
        return PLAN_LIMIT_WITH_SECOND_SOURCE
    return LIMITS.get(state)


def due(state, supply_mode, start):
    """Return (due date, is_estimate) of a state that began on the local date `start`; (None, False) without limit."""
    days = limit(state, supply_mode)
    return add_working_days(start, days) if days else (None, False)


def remaining(order, today=None):
    """Return what is left of the order's current limit, or None where nobody's clock runs."""
    if order.due_on is None:
        return None
    today = today or timezone.localdate()
    first, last = sorted((today, order.due_on))
    working = sum(is_working_day(first + timedelta(days=n))[0] for n in range(1, (last - first).days + 1))
    return Remaining(working if today <= order.due_on else -working, order.due_on, order.due_is_estimate)
