"""Ratings of archived orders, and the box for complaints and suggestions with its answers."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from notifications.enums import Kind
from notifications.services import notify
from workorders.enums import FeedbackState, State
from workorders.journey import announce, flow
from workorders.limits import deadlines
from workorders.locks import lock_order
from workorders.models import DailyCounter, Feedback, Rating
from workorders.trace import record

# How long a rating can be changed.
CHANGEABLE = timedelta(days=7)
# Working days until an answer is owed (供电监管办法 art. 26 gives complaints ten).
ANSWER_DAYS = 10
PER_DAY = 5


def may_rate(order, user) -> bool:
    """Whether the user may rate the order now, or change the rating."""
    rating = Rating.objects.filter(order=order).first()
    fresh = rating is None or timezone.now() - rating.at < CHANGEABLE
    return order.customer_id == user.pk and order.state == State.ARCHIVED and fresh


@transaction.atomic
def rate(order, *, stars: int, text: str, by) -> Rating:
    """Keep the customer's rating of 1 to 5 stars; raises Conflict where it is not (any more) time for one."""
    order = lock_order(order)
    if not may_rate(order, by):
        raise flow.Conflict(order)
    rating, is_new = Rating.objects.update_or_create(order=order, defaults={"stars": stars, "text": text, "by": by})
    record.note(order, "rate", label="满意度评价" if is_new else "修改评价", by=by, note=text, stars=stars)
    return rating


@transaction.atomic
def give(*, kind: str, text: str, order, by) -> Feedback:
    """Put a word into the box, answered within ANSWER_DAYS; raises ValidationError over PER_DAY a day."""
    User.objects.select_for_update().get(pk=by.pk)  # parallel requests are counted one by one
    today = Feedback.objects.filter(by=by, created_at__gt=timezone.now() - timedelta(days=1))
    if today.count() >= PER_DAY:
        raise ValidationError(f"一天内最多提交 {PER_DAY} 条，请明天再提交；紧急情况请拨打 95598。")
    due_on, _ = deadlines.add_working_days(timezone.localdate(), ANSWER_DAYS)
    number = "YJ" + DailyCounter.draw("feedback")
    feedback = Feedback.objects.create(number=number, kind=kind, text=text, order=order, by=by, due_on=due_on)
    url = reverse("admin:workorders_feedback_change", args=[feedback.pk])
    readers, title = announce.supervisors(), f"新的{feedback.get_kind_display()} {number}"
    notify(readers, kind=Kind.FEEDBACK, title=title, body=text[:100], url=url)
    return feedback


@transaction.atomic
def answer(feedback: Feedback, *, text: str, by) -> Feedback:
    """Answer once and tell the customer; raises ValidationError where somebody was faster."""
    feedback = Feedback.objects.select_for_update(of=("self",)).get(pk=feedback.pk)
    if feedback.state == FeedbackState.ANSWERED:
        raise ValidationError(f"{feedback.answered_by} 已经答复。")
    feedback.state, feedback.answer, feedback.answered_by = FeedbackState.ANSWERED, text, by
    feedback.answered_at = timezone.now()
    feedback.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    notify([feedback.by], kind=Kind.FEEDBACK, title=f"您的{feedback.get_kind_display()}已答复", body=text[:200],
           url=feedback.get_absolute_url())  # fmt: skip
    return feedback
