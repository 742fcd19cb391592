"""The one place where rooms are locked and lines get their numbers.

The number is taken from the locked row of the room, never from a sequence: readers who ask for everything after a
number then miss nothing, because the next writer waits for the commit.
"""

from django.utils import timezone

from chat import publish
from chat.enums import MessageKind
from chat.models import AuditEntry, Message, Room


def lock(pk) -> Room:
    """Return a room read anew, its row locked until the transaction ends."""
    return Room.objects.select_for_update(of=("self",)).select_related("order").get(pk=pk)


def add(room: Room, **fields) -> Message:
    """Write the next line of a locked room."""
    message = write(room, **fields)
    keep(room)
    return message


def write(room: Room, **fields) -> Message:
    """Write the next line of a locked room, whose own row `keep` saves after the last one."""
    room.last_seq += 1
    message = Message(room=room, seq=room.last_seq, **fields)
    _number(room, message)
    message.save(force_insert=True)
    room.last_at = message.created_at
    return message


def keep(room: Room) -> None:
    room.save(update_fields=["last_seq", "last_change", "last_at", "waiting_since", "state"])


def tell(room: Room, body: str, *, key: str) -> Message | None:
    """Write a line of the system; None where the line of that key is there already."""
    if room.messages.filter(event_key=key).exists():
        return None
    message = add(room, kind=MessageKind.SYSTEM, body=body, event_key=key)
    publish.message(room, message)
    return message


def touch(room: Room, message: Message, *fields) -> None:
    """Save a line that was changed, so that whoever asks what is new hears of it."""
    _number(room, message)
    message.save(update_fields=["change", *fields])
    room.save(update_fields=["last_change"])


def record(room: Room, action, *, by=None, about: str = "", reason: str = "") -> None:
    """Add to the record of the room."""
    AuditEntry.objects.create(room=room, action=action, by=by, about=about[:100], reason=reason[:200])


def answered(room: Room, *, by_staff: bool) -> None:
    """Note whether somebody waits for the utility now; `add` saves it."""
    if by_staff:
        room.waiting_since = None
    elif room.waiting_since is None:
        room.waiting_since = timezone.now()


def _number(room, message):
    room.last_change += 1
    message.change = room.last_change
