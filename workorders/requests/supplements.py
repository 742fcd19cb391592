"""补正: the manager asks, the customer answers, the manager closes or asks again; notes and reminders beside it."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic, locking
from notifications.enums import Kind
from workorders.enums import AttachmentKind, RequestState, Stage, State, Turn
from workorders.journey import announce, flow
from workorders.limits import deadlines
from workorders.locks import lock_order
from workorders.models import Attachment, Event, SupplementRequest, WorkOrder
from workorders.rights import Right, is_customer, is_manager, looks_after
from workorders.trace import record

# From the application's submission to the contract.
STATES = tuple(state for state in State.open_states if state not in (State.RETURNED, State.CONTRACT_SIGNED))
REMINDER_EVERY = timedelta(days=1)


@atomic
def ask(
    order: WorkOrder, *, kind: str, text: str, due_on: date, by: User, attachment_kind: str = "", pauses: bool = True
) -> SupplementRequest:
    """Ask the customer for something and tell them; what `pauses` stops the utility's clock until it is answered or
    cancelled.

    Raises PermissionDenied, Conflict once the contract is signed, ValidationError for a day that is over.
    """
    order = _locked(order, by, is_manager)
    if order.state not in STATES:
        raise flow.Conflict(order)
    request = SupplementRequest(
        order=order, kind=kind, text=text, due_on=due_on, asked_by=by, attachment_kind=attachment_kind, pauses=pauses
    )
    request.clean()
    request.save()
    deadlines.restart(order)
    until = f"{due_on:%Y-%m-%d} 前" + ("，补正期间暂停办理时限" if order.is_paused else "")
    _note(request, "ask_supplement", "提出补正要求", by, f"{request}：{text}（{until}）", kind=Kind.CORRECTION)
    return request


@atomic
def answer(request: SupplementRequest, *, text: str, by: User) -> SupplementRequest:
    """Take the customer's answer; raises Conflict where none is awaited, ValidationError where the paper is missing."""
    request = _current(request, by, is_customer, RequestState.OPEN)
    if not text and not has_paper(request):
        wanted = f"请上传《{request}》，或写明情况。" if request.attachment_kind else "请写明补正的内容。"
        raise ValidationError(wanted)
    request.state, request.answer, request.answered_at = RequestState.ANSWERED, text, timezone.now()
    request.save(update_fields=["state", "answer", "answered_at", "ended_at", "cancel_reason"])
    deadlines.restart(request.order)
    _note(request, "answer_supplement", "答复补正要求", by, f"{request}：{text or '已上传资料'}")
    return request


@atomic
def close(request: SupplementRequest, *, by: User) -> SupplementRequest:
    """Accept the customer's answer."""
    request = _current(request, by, is_manager, RequestState.ANSWERED)
    return _end(request, RequestState.CLOSED, "close_supplement", "补正办结", by, str(request))


@atomic
def cancel(request: SupplementRequest, *, reason: str, by: User) -> SupplementRequest:
    """Withdraw a request, answered or not."""
    request = _current(request, by, is_manager, RequestState.OPEN, RequestState.ANSWERED)
    request.cancel_reason = reason
    return _end(request, RequestState.CANCELLED, "cancel_supplement", "取消补正要求", by, f"{request}：{reason}")


def has_paper(request: SupplementRequest) -> bool:
    """Whether a file of the kind asked for came after the request."""
    return (
        bool(request.attachment_kind)
        and Attachment.objects.filter(
            submission__order=request.order_id,
            submission__stage=Stage.APPLICATION,
            kind=request.attachment_kind,
            uploaded_at__gte=request.asked_at,
        ).exists()
    )


def is_asked_for(order: WorkOrder, kind: AttachmentKind) -> bool:
    """Whether an open request waits for a paper of this kind."""
    return order.requests.waiting().filter(attachment_kind=kind).exists()


@atomic
def add_note(order: WorkOrder, *, text: str, by: User) -> Event:
    """Write an internal note (内部备注) into the trace: the customer never sees it."""
    order = _locked(order, by, looks_after)
    return record.note(order, "internal_note", label="内部备注", by=by, note=text, is_public=False)


def may_remind(order: WorkOrder) -> bool:
    """Whether it is the customer's turn and the last reminder was a day ago or more."""
    recent = order.events.filter(name="remind_customer", at__gt=timezone.now() - REMINDER_EVERY)
    return order.turn == Turn.CUSTOMER and order.state != State.DRAFT and not recent.exists()


@atomic
def remind(order: WorkOrder, *, by: User) -> None:
    """Remind the customer of the step that waits; raises Conflict where it is not their turn, or too early."""
    order = _locked(order, by, is_manager)
    if not may_remind(order):
        raise flow.Conflict(order)
    event = record.note(order, "remind_customer", label="提醒客户办理", by=by, note=_awaited(order))
    announce.announce_note(event, kind=Kind.CORRECTION)


def _awaited(order: WorkOrder) -> str:
    return "补正要求待您答复" if order.is_paused else order.get_state_display()


def _locked(order: WorkOrder, by: User, may: Right) -> WorkOrder:
    order = lock_order(order)
    if not may(order, by):
        raise PermissionDenied
    return order


def _current(request: SupplementRequest, by: User, may: Right, *states: str) -> SupplementRequest:
    """Return the request read anew under the order's lock; raises Conflict where it is in none of the states."""
    order = _locked(request.order, by, may)
    request = locking(order.requests).get(pk=request.pk)
    if request.state not in states or not order.is_open:
        raise flow.Conflict(order)
    return request


def _end(request: SupplementRequest, state: str, name: str, label: str, by: User, text: str) -> SupplementRequest:
    request.state, request.ended_at = state, timezone.now()
    request.save(update_fields=["state", "answer", "answered_at", "ended_at", "cancel_reason"])
    deadlines.restart(request.order)
    _note(request, name, label, by, text)
    return request


def _note(request: SupplementRequest, name: str, label: str, by: User, text: str, *, kind: Kind = Kind.STEP) -> None:
    event = record.note(request.order, name, label=label, by=by, note=text, request_id=str(request.pk))
    announce.announce_note(event, kind=kind)
