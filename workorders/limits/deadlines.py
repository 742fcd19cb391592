"""The utility's limits in working days, the date on which one runs out, and what is left of it.

The clock of a state starts on the day after the order came into it, runs only while it is the utility's turn, and
starts anew with the next state. While a request that the work depends on (补正) waits for the customer, it stands
still. A limit that supervisors set wins over the default here; of several that fit, the most specific: one for the
service area before one for everywhere, then the higher voltage, then the supply mode.
Defaults stand with the states (workorders.enums.State).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypedDict
from uuid import UUID

from django.utils import timezone

from bandian.db.locks import atomic, locking
from workorders.enums import FeedbackState, RequestState, State, SupplyMode
from workorders.limits.calendar import Calendar
from workorders.models import Feedback, Limit, SupplementRequest, WorkOrder

# Instead of the days that stand with the state.
PLAN_LIMIT_WITH_SECOND_SOURCE = 20
_BATCH = 200


class Terms(TypedDict):
    """What a limit depends on besides the state; voltage in kV."""

    supply_mode: str
    voltage: int


@dataclass(frozen=True)
class Remaining:
    """Working days left until a due date; negative where working days have passed since."""

    days: int
    due_on: date
    is_estimate: bool
    is_late: bool

    @property
    def level(self) -> str:
        return "overdue" if self.is_late else "amber" if self.days <= 1 else "ok"

    @property
    def text(self) -> str:
        estimate = "（暂估）" if self.is_estimate else ""
        if self.is_late:
            return (f"已超期 {-self.days} 个工作日" if self.days else "已超期，不足 1 个工作日") + estimate
        return (f"剩余 {self.days} 个工作日" if self.days else "今日到期") + estimate


class Rules:
    """The limits and the calendar of this moment, read with two queries for however many orders."""

    def __init__(self) -> None:
        self.calendar = Calendar.current()
        self._rows: dict[str, list[Limit]] = {}
        for row in Limit.objects.all():
            self._rows.setdefault(row.state, []).append(row)

    def limit(self, state: str, *, area_id: UUID | None = None, supply_mode: str = "", voltage: int = 0) -> int | None:
        """Return the limit of a state in working days, None on the customer's side; voltage in kV."""
        fitting = [
            row
            for row in self._rows.get(state, [])
            if row.area_id in (None, area_id) and row.supply_mode in ("", supply_mode) and row.min_voltage <= voltage
        ]
        best = max(fitting, key=_specificity, default=None)
        return best.days if best else default(state, supply_mode)

    def due(self, order: WorkOrder, start: date) -> tuple[date | None, bool]:
        """Return (due date, is_estimate) of a state that began on the local date `start`.

        (None, False) without a limit, and while a request of the customer's turn stops the clock.
        """
        days = self.limit(order.state, area_id=order.service_area_id, **_terms(order))
        pauses = [request for request in order.requests.all() if request.pauses] if days else []
        if not days or any(request.state == RequestState.OPEN for request in pauses):
            return None, False
        return self.calendar.add(start, days + self._paused(pauses, start, timezone.localdate()))

    def used(self, order: WorkOrder, start: date, today: date) -> int:
        """Return the working days after `start` up to and with `today` on which the clock ran."""
        pauses = [request for request in order.requests.all() if request.pauses]
        return self.calendar.between(start, today) - self._paused(pauses, start, today)

    def _paused(self, pauses: Iterable[SupplementRequest], start: date, today: date) -> int:
        """Return the working days after `start` on which at least one of the requests waited: all but its first."""
        days, counted = 0, start
        for request in sorted(pauses, key=lambda each: each.asked_at):
            since = max(counted, timezone.localdate(request.asked_at))
            until = min(today, timezone.localdate(request.answered_at or request.ended_at or timezone.now()))
            if until > since:
                days, counted = days + self.calendar.between(since, until), until
        return days


def default(state: str, supply_mode: str = "") -> int | None:
    """Return the limit in working days where no row fits, None on the customer's side."""
    if state == State.SURVEYING and supply_mode not in ("", SupplyMode.SINGLE):
        return PLAN_LIMIT_WITH_SECOND_SOURCE
    return State(state).days


def due(order: WorkOrder, start: date) -> tuple[date | None, bool]:
    """Return (due date, is_estimate) of the order's state, begun on the local date `start`."""
    return Rules().due(order, start)


def limit(order: WorkOrder, state: str) -> int | None:
    """Return the limit in working days that the order will have in a state, None on the customer's side."""
    return Rules().limit(state, area_id=order.service_area_id, **_terms(order))


def recompute() -> int:
    """Set the due dates of all open orders, and of the answers owed to feedback, anew after limits or the calendar
    changed; return how many changed.
    """
    rules = Rules()
    last: UUID | None = None
    changed = _recompute_answers(rules.calendar)
    while True:
        batch, moved = _recompute_batch(rules, last)
        changed += moved
        if len(batch) < _BATCH:
            return changed
        last = batch[-1].pk


@atomic
def _recompute_batch(rules: Rules, last: UUID | None) -> tuple[list[WorkOrder], int]:
    """Set the due dates of the orders next to `last`; return them and how many changed."""
    orders = WorkOrder.objects.awaiting("utility").select_related("application", "plan").order_by("pk")
    orders = orders.prefetch_related("requests")
    orders = orders.filter(pk__gt=last) if last else orders
    # Locked, so that a step taken meanwhile does not get the date of the state before.
    batch = list(locking(orders)[:_BATCH])
    moved = [order for order in batch if _set_due(order, rules)]
    WorkOrder.objects.bulk_update(moved, ["due_on", "due_is_estimate"])
    return batch, len(moved)


@atomic
def _recompute_answers(calendar: Calendar) -> int:
    waiting = locking(Feedback.objects.filter(state=FeedbackState.WAITING)).order_by("pk")
    moved = []
    for row in waiting:
        due = calendar.add(timezone.localdate(row.created_at), Feedback.ANSWER_DAYS)
        if due != (row.due_on, row.due_is_estimate):
            row.due_on, row.due_is_estimate = due
            moved.append(row)
    Feedback.objects.bulk_update(moved, ["due_on", "due_is_estimate"])
    return len(moved)


def restart(order: WorkOrder) -> None:
    """Set the due date of an order anew, locked, after a request began or ceased to stop its clock."""
    if _set_due(order, Rules()):
        order.save(update_fields=["due_on", "due_is_estimate"])


def add_working_days(start: date, days: int) -> tuple[date, bool]:
    """Return (the date `days` working days after `start`, is_estimate); the start day does not count."""
    return Calendar.current().add(start, days)


def remaining(order: WorkOrder, today: date | None = None, calendar: Calendar | None = None) -> Remaining | None:
    """Return what is left of the order's current limit, or None where nobody's clock runs."""
    if order.due_on is None:
        return None
    today, calendar = today or timezone.localdate(), calendar or Calendar.current()
    late = order.due_on < today
    days = -calendar.between(order.due_on, today) if late else calendar.between(today, order.due_on)
    return Remaining(days, order.due_on, order.due_is_estimate, late)


def attach(orders: Iterable[WorkOrder]) -> None:
    """Give each order what is left of its limit as `remaining`, with one query for all."""
    calendar, today = Calendar.current(), timezone.localdate()
    for order in orders:
        order.remaining = remaining(order, today, calendar)


def _specificity(row: Limit) -> tuple[bool, int, bool]:
    return row.area_id is not None, row.min_voltage, bool(row.supply_mode)


def _terms(order: WorkOrder) -> Terms:
    """Return supply mode and voltage: those of the supply plan, before it those applied for."""
    terms = getattr(order, "plan", None) or order.application
    return {"supply_mode": terms.supply_mode, "voltage": terms.voltage or 0}


def _set_due(order: WorkOrder, rules: Rules) -> bool:
    before = order.due_on, order.due_is_estimate
    order.due_on, order.due_is_estimate = rules.due(order, timezone.localdate(order.entered_at))
    return before != (order.due_on, order.due_is_estimate)
