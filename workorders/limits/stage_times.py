"""How long the utility held an order: in each state, written when the order leaves it, and in all, at the end."""

from datetime import date

from django.utils import timezone

from workorders.enums import State
from workorders.limits.rules import Rules, running
from workorders.models import StageTime, WholeTime, WorkOrder


def keep(order: WorkOrder, source: str, rules: Rules) -> None:
    """Keep how long the utility held the order, locked, in `source`, and at the end in all; the caller saves the order.

    Call it when the order has left `source` and before the clock of the next state starts.
    """
    if source not in State.utility_states:
        return
    started, today = timezone.localdate(order.entered_at), timezone.localdate()
    days = running(rules.calendar, order, started, today)
    # Without a due date while a request to the customer stops the clock.
    is_late = today > order.due_on if order.due_on else days > (rules.limit_of(order, source) or 0)
    StageTime.objects.create(
        order=order,
        area=order.service_area,
        state=source,
        started_on=started,
        ended_on=today,
        days=days,
        is_late=is_late,
    )
    order.used_days += days
    if order.state == State.ARCHIVED and order.energised_on:
        _keep_whole(order, order.energised_on, rules.promise_to(order))


def _keep_whole(order: WorkOrder, energised_on: date, promised: int) -> None:
    # Not `submitted_at`, which a second submission after a correction moves.
    first = order.events.filter(name="submit").first()
    applied_on = timezone.localdate(first.at if first else order.submitted_at)
    WholeTime.objects.create(
        order=order,
        area=order.service_area,
        applied_on=applied_on,
        energised_on=energised_on,
        ended_on=timezone.localdate(),
        days=order.used_days,
        promised=promised,
        calendar_days=max((energised_on - applied_on).days, 0),
    )
