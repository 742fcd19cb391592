"""The utility's limits in working days, the date on which one runs out, and what is left of it.

The clock of a state starts on the day after the order came into it, runs only while it is the utility's turn, and
starts anew with the next state. While a request that the work depends on (补正) waits for the customer, it stands
still. How many days there are stands in `rules`, the clock of all turns together in `promise`.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils import timezone

from bandian.db.locks import atomic, locking
from workorders.limits import promise
from workorders.limits.calendar import Calendar
from workorders.limits.rules import Rules, runs_out
from workorders.models import Feedback, FollowUp, WorkOrder
from workorders.models.service_choices import FeedbackState, Owed

# What is kept of the clock with the order, so that lists can be sorted by it.
DATES = ["due_on", "due_is_estimate", "promised_days", "promise_on"]
_BATCH = 200


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


def due(order: WorkOrder, start: date) -> tuple[date | None, bool]:
    """Return (due date, is_estimate) of the order's state, begun on the local date `start`."""
    return Rules().due(order, start)


def limit(order: WorkOrder, state: str) -> int | None:
    """Return the limit in working days that the order will have in a state, None on the customer's side."""
    return Rules().limit_of(order, state)


def begin(order: WorkOrder, rules: Rules) -> None:
    """Set the dates of an order, locked, that has just come into its state; the caller saves it."""
    _set_dates(order, rules)


def recompute() -> int:
    """Set the due dates and promises of all open orders, and the due dates of the answers and calls owed, anew after
    limits, promises or the calendar changed; return how many changed.
    """
    rules = Rules()
    last: UUID | None = None
    changed = _recompute_answers(rules) + _recompute_calls(rules)
    while True:
        batch, moved = _recompute_batch(rules, last)
        changed += moved
        if len(batch) < _BATCH:
            return changed
        last = batch[-1].pk


@atomic
def _recompute_batch(rules: Rules, last: UUID | None) -> tuple[list[WorkOrder], int]:
    """Set the due dates of the orders next to `last`; return them and how many changed."""
    orders = WorkOrder.objects.running().select_related("application", "plan").order_by("pk")
    orders = orders.prefetch_related("requests")
    orders = orders.filter(pk__gt=last) if last else orders
    # Locked, so that a step taken meanwhile does not get the date of the state before.
    batch = list(locking(orders)[:_BATCH])
    moved = [order for order in batch if _set_dates(order, rules)]
    WorkOrder.objects.bulk_update(moved, DATES)
    return batch, len(moved)


@atomic
def _recompute_answers(rules: Rules) -> int:
    waiting = locking(Feedback.objects.filter(state=FeedbackState.WAITING)).order_by("pk")
    moved = []
    for row in waiting:
        due = rules.owed(row.owed, timezone.localdate(row.since), area_id=row.area_id)
        if due != (row.due_on, row.due_is_estimate):
            row.due_on, row.due_is_estimate = due
            moved.append(row)
    Feedback.objects.bulk_update(moved, ["due_on", "due_is_estimate"])
    return len(moved)


@atomic
def _recompute_calls(rules: Rules) -> int:
    waiting = locking(FollowUp.objects.waiting()).select_related("order").order_by("pk")
    moved = []
    for row in waiting:
        due = rules.owed(Owed.FOLLOW_UP, timezone.localdate(row.archived_at), area_id=row.order.service_area_id)
        if due != (row.due_on, row.due_is_estimate):
            row.due_on, row.due_is_estimate = due
            moved.append(row)
    FollowUp.objects.bulk_update(moved, ["due_on", "due_is_estimate"])
    return len(moved)


def restart(order: WorkOrder) -> None:
    """Set the dates of an order anew, locked, after a request began or ceased to stop its clock, or it was moved."""
    if _set_dates(order, Rules()):
        order.save(update_fields=DATES)


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


def attach(orders: list[WorkOrder]) -> None:
    """Give each order what is left of its limit as `remaining` and its whole clock as `total`, with two queries."""
    calendar, today = Calendar.current(), timezone.localdate()
    prefetch_related_objects(orders, "requests")
    for order in orders:
        order.remaining = remaining(order, today, calendar)
        order.total = promise.total(order, today, calendar)


def _set_dates(order: WorkOrder, rules: Rules) -> bool:
    before = [getattr(order, name) for name in DATES]
    start = timezone.localdate(order.entered_at)
    order.due_on, order.due_is_estimate = rules.due(order, start)
    order.promised_days = rules.promise_to(order)
    order.promise_on = runs_out(rules.calendar, order, start, timezone.localdate())
    return before != [getattr(order, name) for name in DATES]
