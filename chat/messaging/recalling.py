"""Taking a message back: by the rules, on record, with its text kept for audits."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic
from chat import audit
from chat.enums import AuditAction, MessageKind
from chat.exceptions import ChatError, NotFound
from chat.messaging import notices, numbering, publish
from chat.models import Message
from chat.rights import Access

WITHIN = timedelta(minutes=2)


@atomic
def recall(message: Message, *, by: User, reason: str = "") -> Message:
    """Take a message back: one's own within two minutes, a manager any with a reason; its text stays for audits.

    Raises NotFound for one who is not in the room, ChatError where they may not. A message that was recalled already
    stays as it is.
    """
    room = numbering.lock(message.room_id)
    access = Access(room, by)
    if access.membership is None:
        raise NotFound
    message = room.messages.with_parts().get(pk=message.pk)
    if message.is_recalled:
        return message
    if not may_recall(message, access, reason):
        raise ChatError("not_allowed", "发出超过 2 分钟的消息不能撤回；需要撤回请联系客户经理。")
    titles = notices.titles_of(message)
    message.recalled_at, message.recalled_by, message.recall_reason = timezone.now(), by, reason
    numbering.renumber(room, message, "recalled_at", "recalled_by", "recall_reason")
    notices.of_recall(room, message, titles)
    audit.record(room, AuditAction.RECALL, by=by, about=f"第 {message.seq} 条", reason=reason)
    publish.message(room, message)
    return message


@atomic
def read_recalled(message: Message, *, by: User, reason: str) -> str:
    """Return the text of a message that was taken back, or its file's name, and note who wanted it why."""
    audit.record(message.room, AuditAction.READ_RECALLED, by=by, about=f"第 {message.seq} 条", reason=reason)
    return message.body or message.attachment.original_name


def check_may_ask(message: Message, access: Access) -> None:
    """Raise ChatError for those who can never take a message back: all but its author and the managers."""
    access.check_may_post()
    if message.author_id != access.user.pk and not access.is_manager:
        raise ChatError("not_allowed", "只能撤回自己的消息；需要撤回他人的消息请联系客户经理。")


def may_recall(message: Message, access: Access, reason: str) -> bool:
    if message.kind == MessageKind.SYSTEM or not access.may_post:
        return False
    is_fresh = message.author_id == access.user.pk and timezone.now() - message.created_at <= WITHIN
    return is_fresh or (access.is_manager and bool(reason))
