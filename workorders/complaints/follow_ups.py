"""回访: the customer of an archived order is called within two working days, and what they say is kept.

Who looked after the order does not call. What names a designer, builder or supplier, or a fee beyond the rules, opens a
complaint in the customer's name.
"""

import hashlib
import math
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic, locking
from workorders.complaints import feedback_box
from workorders.locks import lock_order
from workorders.models import Feedback, FollowUp, FollowUpCall, WorkOrder
from workorders.models.service_choices import CallOutcome, FeedbackKind, FollowUpState, Grievance
from workorders.trace import record

# Calls in vain on as many days, after which a follow-up may end without an answer.
MOST_ATTEMPTS = 3


@atomic
def call(follow_up: FollowUp, *, seen: int, by: User, **said: Any) -> list[Feedback]:
    """Keep a call, with what was said; return the complaints that it opened.

    `seen` is how many calls the page showed: raises ValidationError where somebody else has called meanwhile, and
    PermissionDenied for who looked after the order.
    """
    order = lock_order(follow_up.order)
    follow_up = locking(FollowUp.objects).get(pk=order.pk)
    if not FollowUp.objects.visible_to(by).filter(pk=order.pk).exists():
        raise PermissionDenied
    if follow_up.calls.count() != seen:
        last = follow_up.calls.select_related("by").last()
        raise ValidationError(f"{last.by} 刚登记了一次回访（{last.get_outcome_display()}），请核对后再登记。")
    is_check = follow_up.state != FollowUpState.WAITING
    made = FollowUpCall.objects.create(follow_up=follow_up, number=seen + 1, is_check=is_check, by=by, **said)
    if made.outcome == CallOutcome.REACHED and follow_up.state != FollowUpState.DONE:
        _end(follow_up, FollowUpState.DONE)
        record.note(order, "follow_up", label="归档后回访", by=by)
    elif made.outcome == CallOutcome.DECLINED and follow_up.state == FollowUpState.WAITING:
        _end(follow_up, FollowUpState.DECLINED)
    elif not is_check and _in_vain(follow_up) >= MOST_ATTEMPTS:
        _end(follow_up, FollowUpState.UNREACHED)
    return _complaints(order, made)


def sample(month: date, share: int) -> tuple[list[FollowUp], int]:
    """Return `share` % of the orders archived in a month, at least one, and how many there were.

    Drawn by a hash of month and order: whoever draws again gets the same, and a larger share holds the smaller one.
    """
    first = timezone.make_aware(datetime.combine(month.replace(day=1), time.min))
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    last = timezone.make_aware(datetime.combine(following, time.min))
    rows = FollowUp.objects.filter(archived_at__gte=first, archived_at__lt=last)
    drawn = sorted(
        rows.values_list("pk", flat=True), key=lambda pk: hashlib.sha256(f"{month:%Y-%m} {pk}".encode()).digest()
    )
    chosen = drawn[: math.ceil(len(drawn) * share / 100)]
    found = rows.select_related("order__application", "order__manager").prefetch_related("calls__by").in_bulk(chosen)
    return [found[pk] for pk in chosen], len(drawn)


def forget(user: User) -> None:
    """Take a person whose account is closed out of the calls, in the caller's transaction."""
    FollowUpCall.objects.filter(contact_phone=user.phone).update(contact_name="", contact_phone="")


def _in_vain(follow_up: FollowUp) -> int:
    """Return on how many days nobody could be reached."""
    times = follow_up.calls.filter(outcome=CallOutcome.NO_ANSWER).values_list("at", flat=True)
    return len({timezone.localdate(at) for at in times})


def _end(follow_up: FollowUp, state: FollowUpState) -> None:
    follow_up.state, follow_up.ended_at = state, timezone.now()
    follow_up.save(update_fields=["state", "ended_at"])


def _complaints(order: WorkOrder, made: FollowUpCall) -> list[Feedback]:
    named = [
        (made.was_designated, Grievance.DESIGNATED, made.designated),
        (made.was_charged, Grievance.CHARGES, made.charged),
    ]
    return [
        feedback_box.file(
            kind=FeedbackKind.COMPLAINT,
            about=about,
            text=f"回访中反映：{words}",
            order=order,
            customer=order.customer,
            by=made.by,
        )
        for is_so, about, words in named
        if is_so
    ]
