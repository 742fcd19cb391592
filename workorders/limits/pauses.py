"""When the utility's clock stands still within its turn: while a request that the work depends on waits (补正)."""

from datetime import date

from django.utils import timezone

from workorders.enums import RequestState
from workorders.limits.calendar import Calendar
from workorders.models import SupplementRequest, WorkOrder


def is_paused(order: WorkOrder) -> bool:
    """Whether a request stops the clock now."""
    return any(request.state == RequestState.OPEN for request in _stopping(order))


def days(calendar: Calendar, order: WorkOrder, start: date, end: date) -> int:
    """Return the working days after `start` up to and with `end` on which a request waited: all but its first.

    Where several wait at once, each day counts once.
    """
    found, counted = 0, start
    for request in sorted(_stopping(order), key=lambda each: each.asked_at):
        since, answered_at = max(counted, timezone.localdate(request.asked_at)), request.answered_at or request.ended_at
        until = min(end, timezone.localdate(answered_at)) if answered_at else end
        if until > since:
            found, counted = found + calendar.between(since, until), until
    return found


def _stopping(order: WorkOrder) -> list[SupplementRequest]:
    return [request for request in order.requests.all() if request.pauses]
