"""The box for complaints and suggestions. A complaint has turns: filed, answered, and then the customer's word, which
settles it, asks again or asks for the next level.

Each turn is written with the complaint's row locked, behind the order's, and its state asked again.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts import reviews
from accounts.models import User
from bandian.db.locks import atomic, locking
from notifications.enums import Kind
from notifications.services import notify
from workorders.complaints import deciders
from workorders.limits.calendar import Calendar
from workorders.limits.rules import Rules
from workorders.locks import lock_order
from workorders.models import DailyCounter, Feedback, FeedbackTurn, ServiceArea, WorkOrder
from workorders.models.service_choices import FeedbackKind, FeedbackState, TurnKind

PER_DAY = 5
# Working days without the customer's word, after which an answered complaint may be closed.
SILENT_DAYS = 10


@atomic
def give(
    *, kind: str, text: str, order: WorkOrder | None, by: User, about: str = "", named: str = "",
    is_anonymous: bool = False,
) -> Feedback:  # fmt: skip
    """Put a word into the box, to be answered within the limit; raises ValidationError over PER_DAY a day."""
    locking(User.objects).get(pk=by.pk)  # parallel requests are counted one by one
    today = Feedback.objects.filter(by=by, created_at__gt=timezone.now() - timedelta(days=1))
    if today.count() >= PER_DAY:
        raise ValidationError(f"一天内最多提交 {PER_DAY} 条，请明天再提交；紧急情况请拨打 95598。")
    return file(
        kind=kind, text=text, order=order, customer=by, by=by, about=about, named=named, is_anonymous=is_anonymous
    )


@atomic
def file(
    *, kind: str, text: str, order: WorkOrder | None, customer: User, by: User, about: str = "", named: str = "",
    is_anonymous: bool = False,
) -> Feedback:  # fmt: skip
    """Open what a customer said, told by themselves or by who heard it; of an order only while it is locked."""
    is_complaint = kind == FeedbackKind.COMPLAINT
    order = lock_order(order) if order else None
    area = order.service_area if order else _area_of(customer)
    feedback = Feedback(
        number=("TS" if is_complaint else "YJ") + DailyCounter.draw("feedback"), kind=kind, order=order, by=customer,
        about=about if is_complaint else "", named=named if is_complaint else "", is_anonymous=is_anonymous, area=area,
    )  # fmt: skip
    _set_due(feedback)
    feedback.save(force_insert=True)
    if is_complaint:
        managers = [order.manager] if order and order.manager else []
        feedback.accused.set([*deciders.staff_called(named), *managers])
    _add_turn(feedback, TurnKind.FILED, text, by)
    _skip_empty_levels(feedback)
    _ask(feedback, text)
    return feedback


@atomic
def answer(feedback: Feedback, *, text: str, by: User) -> Feedback:
    """Answer and tell the customer; raises ValidationError where somebody was faster, PermissionDenied for others."""
    feedback = lock(feedback)
    if feedback.state != FeedbackState.WAITING:
        last = feedback.turns.filter(kind=TurnKind.ANSWERED).last()
        raise ValidationError(f"{last.by} 已经答复。" if last else "已经办结，不再答复。")
    _expect(feedback, by)
    _add_turn(feedback, TurnKind.ANSWERED, text, by)
    _move(feedback, FeedbackState.ANSWERED)
    _tell_customer(feedback, f"您的{feedback.get_kind_display()}已答复", text[:200])
    return feedback


@atomic
def confirm(feedback: Feedback, *, text: str, by: User) -> Feedback:
    """Settle a complaint by the customer's word; raises ValidationError where no answer waits for it."""
    feedback = _own(feedback, by)
    if feedback.state != FeedbackState.ANSWERED:
        raise _stale(feedback)
    _add_turn(feedback, TurnKind.CONTENT, text, by)
    return _move(feedback, FeedbackState.SETTLED)


@atomic
def reopen(feedback: Feedback, *, text: str, by: User) -> Feedback:
    """Ask again at the same level; raises ValidationError where nothing was answered yet."""
    feedback = _own(feedback, by)
    if not deciders.may_reopen(feedback):
        raise _stale(feedback)
    _add_turn(feedback, TurnKind.REOPENED, text, by)
    _move(feedback, FeedbackState.WAITING)
    _skip_empty_levels(feedback)
    _ask(feedback, text)
    return feedback


@atomic
def escalate(feedback: Feedback, *, text: str, by: User) -> Feedback:
    """Ask for the next level; raises ValidationError where there is none, or it is too early for it."""
    feedback = _own(feedback, by)
    level = deciders.next_level(feedback)
    if level is None or not deciders.may_raise(feedback):
        raise _stale(feedback)
    reviews.done(_review_of(feedback))  # an overdue one lies with those below
    feedback.level = level
    _add_turn(feedback, TurnKind.RAISED, text, by)
    _move(feedback, FeedbackState.WAITING)
    _ask(feedback, text)
    return feedback


@atomic
def close(feedback: Feedback, *, text: str, by: User) -> Feedback:
    """End an answered complaint whose customer has been silent; the customer may still ask again.

    Raises ValidationError before SILENT_DAYS are over, PermissionDenied for whom it is about.
    """
    feedback = lock(feedback)
    if not feedback.is_complaint or feedback.state != FeedbackState.ANSWERED:
        raise _stale(feedback)
    _expect(feedback, by)
    if not is_silent(feedback):
        raise ValidationError(f"答复后满 {SILENT_DAYS} 个工作日客户没有回应，才能办结。")
    _add_turn(feedback, TurnKind.SETTLED, text, by)
    _move(feedback, FeedbackState.SETTLED)
    _tell_customer(feedback, "您的投诉已办结", f"{feedback.number}：{text[:200]}。您仍可以要求继续处理。")
    return feedback


@atomic
def name_accused(feedback: Feedback, *, person: User, by: User) -> Feedback:
    """Keep somebody of the house out of a complaint, also oneself; who is left, or the next level, is asked."""
    feedback = lock(feedback)
    if not feedback.is_complaint or feedback.state == FeedbackState.SETTLED:
        raise _stale(feedback)
    if not Feedback.objects.visible_to(by).filter(pk=feedback.pk).exists():
        raise PermissionDenied
    if person.pk in deciders.about(feedback):
        raise ValidationError(f"{person} 已经登记为被投诉人。")
    feedback.accused.add(person)
    _add_turn(feedback, TurnKind.NAMED, f"{person} 不看、也不处理这条投诉。", by)
    reviews.done(_review_of(feedback))
    if feedback.state == FeedbackState.WAITING:
        _skip_empty_levels(feedback)
        _ask(feedback, feedback.text)
    return feedback


def is_silent(feedback: Feedback) -> bool:
    """Whether the customer has said nothing to the answer for SILENT_DAYS."""
    since = timezone.localdate(feedback.since)
    return Calendar.current().between(since, timezone.localdate()) >= SILENT_DAYS


def lock(feedback: Feedback) -> Feedback:
    """Return it read anew and locked, behind the order that it is about."""
    if feedback.order:
        lock_order(feedback.order)
    return locking(Feedback.objects).get(pk=feedback.pk)


def _own(feedback: Feedback, by: User) -> Feedback:
    if feedback.by_id != by.pk:
        raise PermissionDenied
    return lock(feedback)


def _expect(feedback: Feedback, by: User) -> None:
    if by not in deciders.deciders(feedback):
        raise PermissionDenied


def _stale(feedback: Feedback) -> ValidationError:
    return ValidationError(f"状态已经变化，现为“{feedback.state_words}”，这次操作没有生效。")


def _add_turn(feedback: Feedback, kind: TurnKind, text: str, by: User) -> FeedbackTurn:
    number = feedback.turns.count() + 1
    return FeedbackTurn.objects.create(
        feedback=feedback, number=number, kind=kind, level=feedback.level, text=text, by=by
    )


def _move(feedback: Feedback, state: FeedbackState) -> Feedback:
    feedback.state, feedback.since = state, timezone.now()
    if state == FeedbackState.WAITING:
        _set_due(feedback)
    else:
        reviews.done(_review_of(feedback))
    feedback.save(update_fields=["state", "since", "level", "due_on", "due_is_estimate"])
    return feedback


def _set_due(feedback: Feedback) -> None:
    start = timezone.localdate(feedback.since)
    due = Rules().owed(feedback.owed, start, area_id=feedback.area_id)
    feedback.due_on, feedback.due_is_estimate = due


def _skip_empty_levels(feedback: Feedback) -> None:
    """Let a complaint begin where somebody may answer it, where there is such a level."""
    if not deciders.deciders(feedback) and (level := deciders.next_level(feedback)):
        feedback.level = level
        feedback.save(update_fields=["level"])


def _ask(feedback: Feedback, text: str) -> None:
    people = deciders.deciders(feedback)
    what, body = f"{feedback.get_kind_display()}待答复", f"{feedback.number}：{text[:100]}"
    reviews.ask(what, body=body, url=feedback.get_desk_url(), key=_review_of(feedback), to=people)


def _tell_customer(feedback: Feedback, title: str, body: str) -> None:
    notify([feedback.by], kind=Kind.FEEDBACK, title=title, body=body, url=feedback.get_absolute_url())


def _area_of(customer: User) -> ServiceArea | None:
    latest = customer.orders.exclude(service_area=None).select_related("service_area").order_by("-created_at").first()
    return latest.service_area if latest else None


def _review_of(feedback: Feedback) -> str:
    return f"feedback:{feedback.pk.hex}"
