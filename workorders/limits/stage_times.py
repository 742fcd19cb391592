"""How long the utility held an order in each state, written when the order leaves it."""

from django.utils import timezone

from workorders.enums import State
from workorders.limits import deadlines
from workorders.models import StageTime, WorkOrder


def keep(order: WorkOrder, source: str) -> None:
    """Keep how long the utility held the order in `source`; call it before the clock of the next state starts."""
    if source not in State.utility_states:
        return
    started, today = timezone.localdate(order.entered_at), timezone.localdate()
    days = deadlines.Rules().used(order, started, today)
    # Without a due date while a request to the customer stops the clock.
    is_late = today > order.due_on if order.due_on else days > (deadlines.limit(order, source) or 0)
    StageTime.objects.create(
        order=order,
        area=order.service_area,
        state=source,
        started_on=started,
        ended_on=today,
        days=days,
        is_late=is_late,
    )
