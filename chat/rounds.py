"""Messages that come for one room at the same moment are written in one transaction.

Each waits for the room; whoever gets it first writes all that wait by then. What they share - the lock, the members,
who looks at the room, the commit - is paid once, so that a lively room does not queue at the database.
"""

import threading
from collections import defaultdict
from datetime import timedelta
from math import ceil
from weakref import WeakValueDictionary

from django.db import connection, transaction
from django.utils import timezone

from chat import files, lines, notices, publish
from chat.enums import EVERYBODY, MessageKind
from chat.models import Membership, Message, Room
from chat.refusals import NotThere, Refused
from chat.rights import Access
from notifications.live import publishing

# Of one person in one room; that is sixty a minute.
AT_ONCE, WITHIN = 10, timedelta(seconds=10)
MOST = 50

_queues = WeakValueDictionary()
_finding = threading.Lock()


class Turn:
    """A message that waits to be written: in the end it has its row, or what speaks against it."""

    def __init__(self, draft, by):
        self.draft, self.by = draft, by
        self.message = self.refusal = None

    @property
    def is_over(self):
        return self.message is not None or self.refusal is not None

    def result(self) -> Message:
        if self.refusal:
            raise self.refusal
        return self.message


class _Queue:
    def __init__(self):
        self.turns, self.writing = [], threading.Lock()


def say(room: Room, draft, *, by) -> Message:
    """Write a message, with the others that wait for the room; return its row.

    Raises NotThere, Refused; IntegrityError where its UUID was used at the same moment.
    """
    turn = Turn(draft, by)
    # A file takes its time, and what stands in the caller's transaction cannot be part of another's.
    if draft.file or connection.in_atomic_block:
        _write(room, [turn])
        return turn.result()
    with _finding:
        queue = _queues.setdefault(room.pk, _Queue())
        queue.turns.append(turn)
    with queue.writing:
        if not turn.is_over:
            with _finding:
                together, queue.turns[:] = queue.turns[:MOST], queue.turns[MOST:]
            _write_together(room, together)
    return turn.result()


def _write_together(room, turns):
    try:
        _write(room, turns)
    except Exception as error:
        # One of them spoils it for all: each by itself then, so that only that one fails.
        for turn in turns:
            turn.message = turn.refusal = None
            if len(turns) == 1:
                turn.refusal = error
            else:
                _write_together(room, [turn])


@transaction.atomic
def _write(room, turns):
    # Before the lock: a large file must not hold up what others say.
    stored = {turn: turn.draft.file.stored() for turn in turns if turn.draft.file}
    this = _Round(lines.lock(room.pk), turns)
    for turn in turns:
        try:
            turn.message = this.write(turn.draft, turn.by, stored.get(turn))
        except (Refused, NotThere) as refusal:
            if stored:
                raise  # the file goes with the transaction
            turn.refusal = refusal
    this.end()


class _Round:
    """A locked room and what every message in it is checked against, read once."""

    def __init__(self, room, turns):
        self.room, self.written = room, []
        members = Membership.objects.entitled().filter(room=room)
        self.members = {member.user_id: member for member in members}
        self.times = defaultdict(list)
        recent = Message.objects.filter(
            room=room, author__in={turn.by.pk for turn in turns}, created_at__gt=timezone.now() - WITHIN
        )
        for author, at in recent.order_by("created_at").values_list("author", "created_at"):
            self.times[author].append(at)

    def write(self, draft, by, attachment=None):
        member = self.members.get(by.pk)
        if member is None:
            raise NotThere
        access = Access(self.room, by, member)
        access.check_may_post()
        self._check_pace(by)
        if draft.file:
            files.check_room(self.room, draft.file)
        reply_to, mentions = self._quoted(access, draft.reply_to), self._mentioned(access, draft.mentions)
        lines.answered(self.room, by_staff=by.is_staff)
        message = lines.write(
            self.room,
            author=by,
            author_role=member.role,
            kind=_kind(draft),
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

    def end(self):
        """Save what the messages changed around them, and tell the members."""
        if not self.written:
            return
        lines.keep(self.room)
        authors = {message.author_id for message in self.written}
        Membership.objects.bulk_update([self.members[pk] for pk in authors], ["last_read_seq"])
        publish.messages(self.room, self.written, self.members)
        front = publishing.users_in_front_of(self.room.pk)
        muted = {pk: member.muted for pk, member in self.members.items()}
        for message in self.written:
            notices.of_message(self.room, message, muted, front)

    def _check_pace(self, by):
        now = timezone.now()
        times = [at for at in self.times[by.pk] if at > now - WITHIN][-AT_ONCE:]
        if len(times) == AT_ONCE:
            wait = ceil((times[0] + WITHIN - now).total_seconds())
            raise Refused("too_fast", f"发得太快了，请 {wait} 秒后再发，内容还在输入框里。", wait=wait)

    def _quoted(self, access, pk):
        if pk is None:
            return None
        rows = self.room.messages.seen_by(access.membership).select_related("author", "attachment")
        quoted = rows.filter(pk=pk).first()
        if quoted is None or quoted.kind == MessageKind.SYSTEM:
            raise Refused("invalid", "要回复的消息不在这个群聊里，请重新选择。")
        return quoted

    def _mentioned(self, access, wanted):
        """Return those of the ids that are in the room; everybody only for a manager."""
        if EVERYBODY in wanted and not access.is_manager:
            raise Refused("not_allowed", "只有客户经理可以 @所有人。")
        present = {pk.hex for pk in self.members}
        return [each for each in dict.fromkeys(wanted) if each == EVERYBODY or each in present]


def _kind(draft):
    if draft.file is None:
        return MessageKind.TEXT
    return MessageKind.IMAGE if draft.file.is_image else MessageKind.FILE
