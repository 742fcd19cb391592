"""What the chat does along with an order; see workorders.hooks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from chat import audit, transcript
from chat.demo import fill
from chat.enums import AuditAction, MemberRole, RoomState
from chat.exceptions import ChatError
from chat.messaging import numbering, posting, serializers
from chat.models import Room
from chat.rooms import inviting, listing, membership, unread
from workorders.enums import Stage
from workorders.hooks import DossierPart, Link, Words
from workorders.models import Event, Submission, WorkOrder
from workorders.trace.timeline import who

_PARTNERS: dict[str, MemberRole] = {Stage.DESIGN: MemberRole.DESIGN, Stage.COMPLETION: MemberRole.CONSTRUCTION}
OPENING = "群聊已开通。客户和客户经理可以在这里沟通，并邀请设计、施工单位的联系人加入；工单的每一步进展也会显示在这里。"


def event_added(event: Event) -> None:
    """Open the room with the dispatch, tell it of every public step, and close it with the order.

    Called within the transaction of the step, with the order locked.
    """
    if event.is_reading or not event.is_public:
        return
    order = event.order
    if order.manager_id is None:
        return
    room = Room.objects.filter(pk=order.pk).first()
    if room is None and not _opens(event):
        return
    room = numbering.lock((room or Room.objects.create(order=order)).pk)
    if room.last_seq == 0:
        _open(room, order)
    if event.name == "assign" and order.manager:
        membership.follow_manager(room, order.manager)
    before = room.last_seq
    posting.announce(room, _words(event), key=f"event:{event.number}")
    if not order.is_open and room.is_open:
        room.state, room.waiting_since = RoomState.READONLY, None
        audit.record(room, AuditAction.CLOSE, about=order.get_state_display())
        posting.announce(room, f"工单{order.get_state_display()}，群聊转为只读，记录可以继续查看。", key="closed")
    membership.know_own_step(room, event.by, before)


def links(order: WorkOrder, user: User) -> list[Link]:
    """Return the way to the room, where the order has one and the user may read it."""
    room = Room.objects.visible_to(user).filter(pk=order.pk).first()
    if room is None:
        return []
    return [Link("即时沟通", room.get_absolute_url(), "chat", unread.count(room, user))]


def news(user: User) -> list[Link]:
    """Return the rooms for the start page: the latest that are open for contacts, who have nothing else, else those of
    them with something unread.
    """
    return [
        Link(row.name, row.room.get_absolute_url(), "chat", row.unread, note=row.note)
        for row in listing.running(user)
        if row.unread or row.is_contact
    ]


def dossier_parts(order: WorkOrder) -> Iterator[DossierPart]:
    """Yield the transcript and the files of the room."""
    room = Room.objects.select_related("order").filter(pk=order.pk).first()
    if room is None:
        return
    yield "群聊记录/群聊记录.pdf", transcript.make(room), "群聊记录"
    for path, file in transcript.files(room):
        yield path, file, "群聊文件"


def last_words(orders: Iterable[WorkOrder]) -> dict[UUID, Words]:
    """Return what people last said in the rooms of the orders, with two queries for all."""
    return {
        room.pk: Words(serializers.summary(said), said.author.name, said.created_at, room.get_absolute_url(), waits)
        for room, said, waits in listing.last_said(orders)
    }


def after_submission(submission: Submission, by: User) -> str:
    """Invite the design or construction contact that the papers name; return the page with the link to share."""
    room = Room.objects.filter(pk=submission.order_id, state=RoomState.OPEN).first()
    role = _PARTNERS.get(submission.stage)
    if room is None or role is None or not submission.partner_phone:
        return ""
    invitation = next(iter(inviting.of_phone(room, submission.partner_phone)), None)
    if invitation is None:
        person = {"name": submission.partner_name, "phone": submission.partner_phone}
        try:
            invitation = inviting.invite(room, role=role, by=by, **person)
        except ChatError:  # in already, or too many at once: the papers are handed in all the same
            return ""
    return reverse("chat:invitation", args=[room.pk, invitation.pk]) + "?submitted"


def demo(orders: Sequence[WorkOrder], contact: User, wait: Callable[[int], None]) -> None:
    """Fill the rooms of demo orders, in the order of these."""
    rooms = Room.objects.select_related("order").in_bulk([order.pk for order in orders])
    fill([rooms[order.pk] for order in orders if order.pk in rooms], contact, wait)


def _opens(event: Event) -> bool:
    """Whether the step opens the room. The guide: 要选择安装变压器，不选择无法发起群聊."""
    return event.name == "dispatch_survey" and bool(event.order.application.has_transformer)


def _open(room: Room, order: WorkOrder) -> None:
    audit.record(room, AuditAction.OPEN, about="勘察派工")
    membership.add(room, order.customer, MemberRole.CUSTOMER, silently=True)
    if order.manager:
        membership.add(room, order.manager, MemberRole.MANAGER, silently=True)
    posting.announce(room, OPENING, key="opened")


def _words(event: Event) -> str:
    """Return the step without its note, which is the customer's and the utility's, not the contacts'."""
    words = f"{who(event.order, event)}：{event.label}"
    if event.source == event.target:
        return words
    return f"{words}，工单现为“{event.get_target_display()}”"
