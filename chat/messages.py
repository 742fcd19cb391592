"""Saying something in a room, once however often it is sent, and taking it back."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import files, lines, notices, publish, rounds
from chat.enums import AuditAction, MessageKind
from chat.models import Message, Room
from chat.refusals import NotThere, Refused
from chat.rights import Access

RECALL_WITHIN = timedelta(minutes=2)


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
        return rounds.say(room, draft, by=by), True
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


def _present(room, user):
    access = Access(room, user)
    if access.membership is None:
        raise NotThere
    return access


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
