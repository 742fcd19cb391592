"""Reminders of answers and calls that are owed; like workorders.desk.reminders, at any time and any number of times."""

from datetime import date

from django.utils import timezone

from bandian.db.locks import atomic, locking
from notifications.enums import Kind
from notifications.services import notify
from workorders.complaints import deciders, feedback_box
from workorders.journey import announce
from workorders.limits.calendar import Calendar
from workorders.models import Feedback, FollowUp
from workorders.models.service_choices import FeedbackState

NEAR = 1  # working days left from which a limit counts as near


def send() -> int:
    """Remind of each answer and call that is due soon, and once more where it is overdue; return how many that were."""
    last, _ = Calendar.current().add(timezone.localdate(), NEAR)
    answers = Feedback.objects.filter(state=FeedbackState.WAITING, due_on__lte=last).order_by("due_on", "pk")
    calls = FollowUp.objects.waiting().filter(due_on__lt=timezone.localdate()).order_by("due_on", "pk")
    return sum(_remind(row, last) for row in answers.select_related("order")) + sum(map(_remind_of_call, calls))


@atomic
def _remind(row: Feedback, last: date) -> bool:
    feedback = feedback_box.lock(row)
    if feedback.state != FeedbackState.WAITING or feedback.due_on > last:
        return False
    key = f"{'overdue' if feedback.is_late else 'near'} {feedback.due_on}"
    if feedback.reminded == key:
        return False
    feedback.reminded = key
    feedback.save(update_fields=["reminded"])
    kind, how = feedback.get_kind_display(), "已超期" if feedback.is_late else "即将到期"
    body = f"{feedback}，应于 {feedback.due_words}前答复"
    people = deciders.deciders(feedback)
    notify(people, kind=Kind.DEADLINE, title=f"{kind}答复{how}", body=body, url=feedback.get_desk_url())
    if feedback.is_late and deciders.may_raise(feedback):
        body = f"{feedback.number} 没有按期答复，我们为此致歉；您可以要求上一级处理。"
        notify([feedback.by], kind=Kind.FEEDBACK, title="您的投诉没有按期答复", body=body,
               url=feedback.get_absolute_url())  # fmt: skip
    return True


@atomic
def _remind_of_call(row: FollowUp) -> bool:
    follow_up = locking(FollowUp.objects).select_related("order").get(pk=row.pk)
    key = f"overdue {follow_up.due_on}"
    if not follow_up.is_late or follow_up.reminded == key:
        return False
    follow_up.reminded = key
    follow_up.save(update_fields=["reminded"])
    people = [each for each in announce.supervisors() if each.pk != follow_up.order.manager_id]
    body = f"工单 {follow_up}，应于 {follow_up.due_words}前完成"
    notify(people, kind=Kind.DEADLINE, title="回访已超期", body=body, url=follow_up.get_desk_url())
    return True
