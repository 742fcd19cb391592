"""The limits, the promises and the calendar of this moment: how many days there are, and when they run out.

A row that supervisors set wins over the default; of several that fit, the most specific: one for the service area
before one for everywhere, then the higher voltage, then the supply mode. Defaults of the limits stand with the states
(workorders.enums.State), those of what else is owed with Owed (workorders.models.service_choices).
"""

from collections.abc import Iterable
from datetime import date
from typing import TypedDict, TypeVar
from uuid import UUID

from django.utils import timezone

from workorders.enums import State, SupplyMode
from workorders.limits import pauses
from workorders.limits.calendar import Calendar
from workorders.models import Limit, Promise, WorkOrder
from workorders.models.limit import Days
from workorders.models.service_choices import Owed

# Instead of the days that stand with the state.
PLAN_LIMIT_WITH_SECOND_SOURCE = 20
# All turns of the utility together (发改能源规〔2020〕1479号).
PROMISE = 22
PROMISE_WITH_SECOND_SOURCE = 32


_Row = TypeVar("_Row", bound=Days)


class Terms(TypedDict):
    """What limits and promises depend on besides state and unit; voltage in kV."""

    supply_mode: str
    voltage: int


class Rules:
    """The rules of this moment, read with three queries for however many orders."""

    def __init__(self) -> None:
        self.calendar = Calendar.current()
        self._promises = list(Promise.objects.all())
        self._limits: dict[str, list[Limit]] = {}
        for row in Limit.objects.all():
            self._limits.setdefault(row.state, []).append(row)

    def limit(self, state: str, *, area_id: UUID | None = None, supply_mode: str = "", voltage: int = 0) -> int | None:
        """Return the limit of a state in working days, None on the customer's side; voltage in kV."""
        best = _most_specific(self._limits.get(state, []), area_id, supply_mode, voltage)
        return best.days if best else default(state, supply_mode)

    def promise(self, *, area_id: UUID | None = None, supply_mode: str = "", voltage: int = 0) -> int:
        """Return the working days that are promised for all turns of the utility together; voltage in kV."""
        best = _most_specific(self._promises, area_id, supply_mode, voltage)
        return best.days if best else default_promise(supply_mode)

    def limit_of(self, order: WorkOrder, state: str) -> int | None:
        return self.limit(state, area_id=order.service_area_id, **terms(order))

    def promise_to(self, order: WorkOrder) -> int:
        return self.promise(area_id=order.service_area_id, **terms(order))

    def due(self, order: WorkOrder, start: date) -> tuple[date | None, bool]:
        """Return (due date, is_estimate) of a state that began on the local date `start`.

        (None, False) without a limit, and while a request of the customer's turn stops the clock.
        """
        days = self.limit_of(order, order.state)
        if not days or pauses.is_paused(order):
            return None, False
        return self.calendar.add(start, days + pauses.days(self.calendar, order, start, timezone.localdate()))

    def owed(self, what: Owed, start: date, *, area_id: UUID | None = None) -> tuple[date, bool]:
        """Return (due date, is_estimate) of what is owed beside the steps, begun on the local date `start`."""
        return self.calendar.add(start, self.limit(what, area_id=area_id) or what.days)


def running(calendar: Calendar, order: WorkOrder, start: date, end: date) -> int:
    """Return the working days after `start` up to and with `end` but for those on which a request waited."""
    return calendar.between(start, end) - pauses.days(calendar, order, start, end)


def runs_out(calendar: Calendar, order: WorkOrder, start: date, today: date) -> date | None:
    """Return the date on which the promise runs out in the utility's turn that began on the local date `start`.

    Where earlier turns used more than was promised, it lies before `start` by what they used too much. None on the
    customer's turn, at the end, and while a request stops the clock.
    """
    if order.state not in State.utility_states or pauses.is_paused(order):
        return None
    left = (order.promised_days or 0) - order.used_days + pauses.days(calendar, order, start, today)
    return calendar.add(start, left)[0] if left >= 0 else calendar.back(start, -left)


def default(state: str, supply_mode: str = "") -> int | None:
    """Return the limit in working days where no row fits, None on the customer's side."""
    if state in Owed.values:
        return Owed(state).days
    if state == State.SURVEYING and supply_mode not in ("", SupplyMode.SINGLE):
        return PLAN_LIMIT_WITH_SECOND_SOURCE
    return State(state).days


def default_promise(supply_mode: str = "") -> int:
    """Return the promise in working days where no row fits."""
    return PROMISE if supply_mode in ("", SupplyMode.SINGLE) else PROMISE_WITH_SECOND_SOURCE


def terms(order: WorkOrder) -> Terms:
    """Return supply mode and voltage: those of the supply plan, before it those applied for."""
    asked = getattr(order, "plan", None) or order.application
    return {"supply_mode": asked.supply_mode, "voltage": asked.voltage or 0}


def _most_specific(rows: Iterable[_Row], area_id: UUID | None, supply_mode: str, voltage: int) -> _Row | None:
    fitting = [
        row
        for row in rows
        if row.area_id in (None, area_id) and row.supply_mode in ("", supply_mode) and row.min_voltage <= voltage
    ]
    return max(fitting, key=_specificity, default=None)


def _specificity(row: Days) -> tuple[bool, int, bool]:
    return row.area_id is not None, row.min_voltage, bool(row.supply_mode)
