"""Saying something in a room, once however often it is sent, and taking it back."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import files, lines, notices, publish
from chat.enums import AuditAction, MessageKind
from chat.models import Message, Room
from chat.refusals import NotThere, Refused
from chat.rights import Access

RECALL_WITHIN = timedelta(minutes=2)
# Of one person in one room; that is sixty a minute.
AT_ONCE, WITHIN = 10, timedelta(seconds=10)
ALL = "all"


@dataclass(frozen=True)
class Draft:
    """What somebody wants to say: `body` as it is kept, a reply to the line of that id, a file that was checked."""

    client_uuid: UUID
    body: str = ""
    reply_to: UUID | None = None
    mentions: tuple = ()
    file: files.Incoming | None = None


def post(room: Room, draft: Draft, *, by) -> tuple[Message, bool]:
    """Write a message; return it and whether it is new.

    The same message sent again (one author, one UUID) is the row that is there. Raises NotThere for one who is not in
    the room, Refused where it is too fast, not allowed, or the UUID was used for something else.
    """
    if (first := _sent_before(room, draft, by)) is not None:
        return first, False
    try:
        with transaction.atomic():
            return _write(room, draft, by), True
    except IntegrityError:
        # Sent twice at the same moment: the other one was first, and this one's number went back with it.
        if (first := _sent_before(room, draft, by)) is None:
            raise
        return first, False


@transaction.atomic
def recall(message: Message, *, by, reason: str = "") -> Message:
    """Take a message back: one's own within two minutes, a manager any with a reason; its text stays for audits.

    Raises NotThere or Refused like `post`. A message that was recalled already stays as it is.
    """
    room = lines.lock(message.room_id)
    access = _present(room, by)
    message = room.messages.with_parts().get(pk=message.pk)
    if message.is_recalled:
        return message
    if not may_recall(message, access, reason):
        raise Refused("not_allowed", "发出超过 2 分钟的消息不能撤回；需要撤回请联系客户经理。")
    titles = notices.titles_of(message)
    message.recalled_at, message.recalled_by, message.recall_reason = timezone.now(), by, reason
    lines.touch(room, message, "recalled_at", "recalled_by", "recall_reason")
    notices.of_recall(room, message, titles)
    lines.record(room, AuditAction.RECALL, by=by, about=f"第 {message.seq} 条", reason=reason)
    publish.message(room, message)
    return message


@transaction.atomic
def read_recalled(message: Message, *, by, reason: str) -> str:
    """Return the text of a message that was taken back, or its file's name, and note who wanted it why."""
    lines.record(message.room, AuditAction.READ_RECALLED, by=by, about=f"第 {message.seq} 条", reason=reason)
    return message.body or message.attachment.original_name


def check_may_ask(message: Message, access: Access) -> None:
    """Raise Refused for those who can never take a message back: all but its author and the managers."""
    access.check_may_post()
    if message.author_id != access.user.pk and not access.is_manager:
        raise Refused("not_allowed", "只能撤回自己的消息；需要撤回他人的消息请联系客户经理。")


def may_recall(message: Message, access: Access, reason: str) -> bool:
    if message.kind == MessageKind.SYSTEM or not access.may_post:
        return False
    is_fresh = message.author_id == access.user.pk and timezone.now() - message.created_at <= RECALL_WITHIN
    return is_fresh or (access.is_manager and bool(reason))


def _write(room, draft, by):
    # Before the lock: a large file must not hold up what others say.
    attachment = draft.file.stored() if draft.file else None
    room = lines.lock(room.pk)
    access = _present(room, by)
    access.check_may_post()
    _check_pace(room, by)
    if draft.file:
        files.check_room(room, draft.file)
    reply_to = _quoted(room, access, draft.reply_to)
    lines.answered(room, by_staff=by.is_staff)
    message = lines.add(
        room,
        author=by,
        author_role=access.membership.role,
        kind=_kind(draft),
        body=draft.body,
        client_uuid=draft.client_uuid,
        reply_to=reply_to,
        mentions=_mentioned(room, access, draft.mentions),
    )
    if attachment:
        attachment.message = message
        attachment.save(force_insert=True)
    # Who answers has read what came before.
    access.membership.last_read_seq = message.seq
    access.membership.save(update_fields=["last_read_seq"])
    notices.of_message(room, message, publish.message(room, message))
    return message


def _present(room, user):
    access = Access(room, user)
    if access.membership is None:
        raise NotThere
    return access


def _kind(draft):
    if draft.file is None:
        return MessageKind.TEXT
    return MessageKind.IMAGE if draft.file.is_image else MessageKind.FILE


def _sent_before(room, draft, by):
    """Return the row of this UUID, or None; raises Refused where the row says something else."""
    rows = Message.objects.filter(room=room, author=by, client_uuid=draft.client_uuid)
    if not rows.exists():  # as nearly always: without the parts
        return None
    row = rows.with_parts().get()
    digest = row.attachment.original_sha256 if row.kind != MessageKind.TEXT else ""
    wanted = draft.file.digest if draft.file else ""
    replied = row.reply_to_id and row.reply_to.pk
    if (row.body, digest, replied) != (draft.body, wanted, draft.reply_to):
        raise Refused("conflict", "这条消息已经发送过，内容不同。请作为新消息发送。")
    return row


def _check_pace(room, by):
    now = timezone.now()
    recent = Message.objects.filter(author=by, room=room, created_at__gt=now - WITHIN).order_by("-created_at")
    times = list(recent.values_list("created_at", flat=True)[:AT_ONCE])
    if len(times) == AT_ONCE:
        wait = ceil((times[-1] + WITHIN - now).total_seconds())
        raise Refused("too_fast", f"发得太快了，请 {wait} 秒后再发，内容还在输入框里。", wait=wait)


def _quoted(room, access, pk):
    if pk is None:
        return None
    quoted = room.messages.seen_by(access.membership).filter(pk=pk).select_related("author", "attachment").first()
    if quoted is None or quoted.kind == MessageKind.SYSTEM:
        raise Refused("invalid", "要回复的消息不在这个群聊里，请重新选择。")
    return quoted


def _mentioned(room, access, wanted):
    """Return those of the ids that are in the room; everybody only for a manager."""
    if not wanted:
        return []
    if ALL in wanted and not access.is_manager:
        raise Refused("not_allowed", "只有客户经理可以 @所有人。")
    present = {pk.hex for pk in room.memberships.present().values_list("user_id", flat=True)}
    return [each for each in dict.fromkeys(wanted) if each == ALL or each in present]
