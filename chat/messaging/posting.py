"""Saying something in a room, once however often it is sent; and what the system says there."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic
from chat.enums import EVERYBODY, MessageKind
from chat.exceptions import ChatError, NotFound
from chat.messaging import attachments, batching, notices, numbering, publish, throttle
from chat.messaging.batching import PendingMessage
from chat.models import Attachment, Membership, Message, Room
from chat.rights import Access
from notifications.live import publishing


@dataclass(frozen=True)
class Draft:
    """What somebody wants to say: `body` as it is kept, a reply to the line of that id, a file that was checked."""

    client_uuid: UUID
    body: str = ""
    reply_to: UUID | None = None
    mentions: tuple[str, ...] = ()
    file: attachments.Incoming | None = None

    @property
    def kind(self) -> MessageKind:
        if self.file is None:
            return MessageKind.TEXT
        return MessageKind.IMAGE if self.file.is_image else MessageKind.FILE


def post(room: Room, draft: Draft, *, by: User) -> tuple[Message, bool]:
    """Write a message, with others that wait for the room; return it and whether it is new.

    The same message sent again (one author, one UUID) is the row that is there. Raises NotFound for one who is not in
    the room, ChatError where it is too fast, not allowed, or the UUID was used for something else.
    """
    if (first := _sent_before(room, draft, by)) is not None:
        return first, False
    try:
        return batching.submit(room, batching.PendingMessage(draft, by), write=_write), True
    except IntegrityError:
        # Sent twice at the same moment: the other one was first, and this one's number went back with it.
        if (first := _sent_before(room, draft, by)) is None:
            raise
        return first, False


def announce(room: Room, body: str, *, key: str) -> Message | None:
    """Write a line of the system in a locked room; None where the line of that key is there already."""
    if room.messages.filter(event_key=key).exists():
        return None
    message = numbering.append(room, kind=MessageKind.SYSTEM, body=body, event_key=key)
    numbering.save_counters(room)
    publish.message(room, message)
    return message


def _sent_before(room: Room, draft: Draft, by: User) -> Message | None:
    """Return the row of this UUID, or None; raises ChatError where the row says something else."""
    rows = Message.objects.filter(room=room, author=by, client_uuid=draft.client_uuid)
    if not rows.exists():  # as nearly always: without the parts
        return None
    row = rows.with_parts().get()
    digest = row.attachment.original_sha256 if row.kind != MessageKind.TEXT else ""
    wanted = draft.file.digest if draft.file else ""
    replied = row.reply_to_id and row.reply_to.pk
    if (row.body, digest, replied) != (draft.body, wanted, draft.reply_to):
        raise ChatError("conflict", "这条消息已经发送过，内容不同。请作为新消息发送。")
    return row


@atomic
def _write(room: Room, pending_messages: list[PendingMessage]) -> None:
    # Before the lock: a large file must not hold up what others say.
    stored = {pending: pending.draft.file.stored() for pending in pending_messages if pending.draft.file}
    batch = _Batch(numbering.lock(room.pk), {pending.by.pk for pending in pending_messages})
    for pending in pending_messages:
        try:
            pending.message = batch.write(pending.draft, pending.by, stored.get(pending))
        except (ChatError, NotFound) as error:
            if stored:
                raise  # the file goes with the transaction
            pending.error = error
    batch.finish()


class _Batch:
    """A locked room and what every message in it is checked against, read once."""

    def __init__(self, room: Room, authors: Collection[UUID]) -> None:
        self.room = room
        self.written: list[Message] = []
        self.members = {member.user_id: member for member in Membership.objects.entitled().filter(room=room)}
        self.times: defaultdict[UUID, list[datetime]] = defaultdict(list)
        since = timezone.now() - throttle.MESSAGES.within
        recent = Message.objects.filter(room=room, author__in=authors, created_at__gt=since)
        for author, at in recent.order_by("created_at").values_list("author", "created_at"):
            self.times[author].append(at)

    def write(self, draft: Draft, by: User, attachment: Attachment | None = None) -> Message:
        member = self.members.get(by.pk)
        if member is None:
            raise NotFound
        access = Access(self.room, by, member)
        access.check_may_post()
        if wait := throttle.seconds_to_wait(throttle.MESSAGES, self.times[by.pk]):
            raise ChatError("too_fast", f"发得太快了，请 {wait} 秒后再发，内容还在输入框里。", wait=wait)
        if draft.file:
            attachments.check_room(self.room, draft.file)
        reply_to, mentions = self._quoted(access, draft.reply_to), self._mentioned(access, draft.mentions)
        self._note_who_waits(by)
        message = numbering.append(
            self.room,
            author=by,
            author_role=member.role,
            kind=draft.kind,
            body=draft.body,
            client_uuid=draft.client_uuid,
            reply_to=reply_to,
            mentions=mentions,
        )
        if attachment:
            attachment.message = message
            attachment.save(force_insert=True)
        # Who answers has read what came before.
        member.last_read_seq = message.seq
        self.times[by.pk].append(message.created_at)
        self.written.append(message)
        return message

    def finish(self) -> None:
        """Save what the messages changed around them, and tell the members."""
        if not self.written:
            return
        numbering.save_counters(self.room)
        authors = {message.author_id for message in self.written if message.author_id}
        Membership.objects.bulk_update([self.members[pk] for pk in authors], ["last_read_seq"])
        publish.messages(self.room, self.written, self.members)
        front = publishing.users_in_front_of(self.room.pk)
        muted = {pk: member.muted for pk, member in self.members.items()}
        for message in self.written:
            notices.of_message(self.room, message, muted, front)

    def _note_who_waits(self, by: User) -> None:
        """Note whether somebody waits for the utility now."""
        if by.is_staff:
            self.room.waiting_since = None
        elif self.room.waiting_since is None:
            self.room.waiting_since = timezone.now()

    def _quoted(self, access: Access, pk: UUID | None) -> Message | None:
        if pk is None:
            return None
        rows = self.room.messages.seen_by(access.membership).select_related("author", "attachment")
        quoted = rows.filter(pk=pk).first()
        if quoted is None or quoted.kind == MessageKind.SYSTEM:
            raise ChatError("invalid", "要回复的消息不在这个群聊里，请重新选择。")
        return quoted

    def _mentioned(self, access: Access, wanted: Iterable[str]) -> list[str]:
        """Return those of the ids that are in the room; everybody only for a manager."""
        if EVERYBODY in wanted and not access.is_manager:
            raise ChatError("not_allowed", "只有客户经理可以 @所有人。")
        present = {pk.hex for pk in self.members}
        return [each for each in dict.fromkeys(wanted) if each == EVERYBODY or each in present]
