"""Ratings of archived orders, and the box for complaints and suggestions with its answers."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts import reviews
from accounts.models import User
from bandian.db.locks import atomic, locking
from notifications.enums import Kind
from notifications.services import notify
from workorders.enums import FeedbackState, State
from workorders.journey import flow
from workorders.limits import deadlines
from workorders.locks import lock_order
from workorders.models import DailyCounter, Feedback, Rating, WorkOrder
from workorders.trace import record

# How long a rating can be changed.
CHANGEABLE = timedelta(days=7)
PER_DAY = 5


def may_rate(order: WorkOrder, user: User) -> bool:
    """Whether the user may rate the order now, or change the rating."""
    rating = Rating.objects.filter(order=order).first()
    fresh = rating is None or timezone.now() - rating.at < CHANGEABLE
    return order.customer_id == user.pk and order.state == State.ARCHIVED and fresh


@atomic
def rate(order: WorkOrder, *, stars: int, text: str, by: User) -> Rating:
    """Keep the customer's rating of 1 to 5 stars; raises Conflict where it is not (any more) time for one."""
    order = lock_order(order)
    if not may_rate(order, by):
        raise flow.Conflict(order)
    rating, is_new = Rating.objects.update_or_create(order=order, defaults={"stars": stars, "text": text, "by": by})
    record.note(order, "rate", label="满意度评价" if is_new else "修改评价", by=by, note=text, stars=stars)
    return rating


@atomic
def give(*, kind: str, text: str, order: WorkOrder, by: User) -> Feedback:
    """Put a word into the box, answered within Feedback.ANSWER_DAYS; raises ValidationError over PER_DAY a day."""
    locking(User.objects).get(pk=by.pk)  # parallel requests are counted one by one
    today = Feedback.objects.filter(by=by, created_at__gt=timezone.now() - timedelta(days=1))
    if today.count() >= PER_DAY:
        raise ValidationError(f"一天内最多提交 {PER_DAY} 条，请明天再提交；紧急情况请拨打 95598。")
    due_on, is_estimate = deadlines.add_working_days(timezone.localdate(), Feedback.ANSWER_DAYS)
    number = "YJ" + DailyCounter.draw("feedback")
    feedback = Feedback.objects.create(
        number=number, kind=kind, text=text, order=order, by=by, due_on=due_on, due_is_estimate=is_estimate
    )
    url = reverse("admin:workorders_feedback_change", args=[feedback.pk])
    reviews.ask(
        f"{feedback.get_kind_display()}待答复", body=f"{number}：{text[:100]}", url=url, key=_review_of(feedback)
    )
    return feedback


@atomic
def answer(feedback: Feedback, *, text: str, by: User) -> Feedback:
    """Answer once and tell the customer; raises ValidationError where somebody was faster."""
    feedback = locking(Feedback.objects).get(pk=feedback.pk)
    if feedback.state == FeedbackState.ANSWERED:
        raise ValidationError(f"{feedback.answered_by} 已经答复。")
    feedback.state, feedback.answer, feedback.answered_by = FeedbackState.ANSWERED, text, by
    feedback.answered_at = timezone.now()
    feedback.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    reviews.done(_review_of(feedback))
    notify([feedback.by], kind=Kind.FEEDBACK, title=f"您的{feedback.get_kind_display()}已答复", body=text[:200],
           url=feedback.get_absolute_url())  # fmt: skip
    return feedback


def _review_of(feedback: Feedback) -> str:
    return f"feedback:{feedback.pk.hex}"
