"""The one place where rooms are locked and lines get their numbers.

The number is taken from the locked row of the room, never from a sequence: readers who ask for everything after a
number then miss nothing, because the next writer waits for the commit.
"""

from typing import Any
from uuid import UUID

from bandian.db.locks import locking
from chat.models import Message, Room


def lock(pk: UUID) -> Room:
    """Return a room read anew, its row locked until the transaction ends."""
    return locking(Room.objects).select_related("order").get(pk=pk)


def append(room: Room, **fields: Any) -> Message:
    """Write the next line of a locked room, whose own row `save_counters` saves after the last one."""
    room.last_seq += 1
    message = Message(room=room, seq=room.last_seq, **fields)
    _count_change(room, message)
    message.save(force_insert=True)
    room.last_at = message.created_at
    return message


def save_counters(room: Room) -> None:
    """Save what lines change in the row of their room."""
    room.save(update_fields=["last_seq", "last_change", "last_at", "waiting_since", "state"])


def renumber(room: Room, message: Message, *fields: str) -> None:
    """Save fields of a line of a locked room as the next change, so that whoever asks what is new hears of it."""
    _count_change(room, message)
    message.save(update_fields=["change", *fields])
    room.save(update_fields=["last_change"])


def _count_change(room: Room, message: Message) -> None:
    room.last_change += 1
    message.change = room.last_change
