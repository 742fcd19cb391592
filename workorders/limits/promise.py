"""The whole clock (总时限): working days used over all turns of the utility against what it promised for all of them.

It runs as the clocks of the states do: from the day after a turn began, not while a request to the customer stops it
(补正), and never on the customer's turn. A day on which two turns meet counts once, and needs no rule of its own: as
the first day of a turn does not count and its last one does, turns share no day, so that the whole is the sum of what
the steps count, and never disagrees with them.

What a turn used stays as it was counted when it ended (StageTime), whatever becomes of the calendar: nobody could act
by another. What still runs, and what is promised, follow the calendar and the promises of now. At the end both stay,
as one row for the figures (WholeTime).
"""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from workorders.enums import State
from workorders.limits.calendar import Calendar
from workorders.limits.rules import running
from workorders.models import WorkOrder

# Working days left from which a promise counts as near: more than of a step, because what is left has to do for all
# the steps that are still to come.
NEAR = 3


@dataclass(frozen=True)
class Total:
    """Working days used of those promised; `is_running` on the utility's turn."""

    used: int
    promised: int
    is_running: bool
    is_estimate: bool

    @property
    def left(self) -> int:
        """The working days that are left; negative where more were used than promised."""
        return self.promised - self.used

    @property
    def is_late(self) -> bool:
        return self.left < 0

    @property
    def level(self) -> str:
        return "overdue" if self.is_late else "amber" if self.is_running and self.left <= NEAR else "ok"

    @property
    def text(self) -> str:
        """Say it as the customer reads it."""
        return f"已用 {self.used} / 承诺 {self.promised} 个工作日" + self._estimate

    @property
    def left_text(self) -> str:
        """Say what is left."""
        if self.is_late:
            return f"已超出承诺 {-self.left} 个工作日" + self._estimate
        return (f"还剩 {self.left} 个工作日" if self.left else "承诺的工作日已用完") + self._estimate

    @property
    def _estimate(self) -> str:
        return "（暂估）" if self.is_estimate else ""


def total(order: WorkOrder, today: date | None = None, calendar: Calendar | None = None) -> Total | None:
    """Return an order's whole clock, None of a draft; for several at once, prefetch their requests.

    It is an estimate where days between the submission and the date on which it runs out, or the end of the last turn,
    are not in the published calendar.
    """
    if order.promised_days is None:
        return None
    today, calendar = today or timezone.localdate(), calendar or Calendar.current()
    start = timezone.localdate(order.entered_at)
    is_running = order.state in State.utility_states
    used = order.used_days + (running(calendar, order, start, today) if is_running else 0)
    begun = timezone.localdate(order.submitted_at) if order.submitted_at else start
    end = max(order.promise_on or start, today if is_running else start)
    is_estimate = calendar.is_guessed(min(begun, start), end)
    return Total(used, order.promised_days, is_running and order.promise_on is not None, is_estimate)


def last_day_kept(today: date, calendar: Calendar) -> date:
    """Return the first `promise_on` that is not past today: on a day off, that of the last working day is not."""
    return calendar.back(today, 0)


def last_day_near(today: date, calendar: Calendar) -> date:
    """Return the last `promise_on` that counts as near, or past, today."""
    return calendar.add(today, NEAR)[0]
