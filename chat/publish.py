"""What the members' open pages are told after a commit: a hint, for the database is the truth (chat.reading.sync)."""

from uuid import UUID

from chat import shapes
from chat.models import Membership, Message, Room
from notifications import live


def message(room: Room, row: Message) -> dict[UUID, bool]:
    """Tell all members of a line that is new or was changed, and return their ids with who has 免打扰.

    Their pages see in `change` whether they missed one.
    """
    members = dict(Membership.objects.entitled().filter(room=room).values_list("user_id", "muted"))
    event = {"type": "chat", "room": str(room.pk), "change": row.change, "message": shapes.message(row)}
    live.send(members, event)
    return members


def read(room: Room, membership: Membership) -> None:
    """Tell the members how far one of them has read."""
    event = {"type": "chat.read", "room": str(room.pk), "user": membership.user_id.hex, "seq": membership.last_read_seq}
    members = Membership.objects.entitled().filter(room=room)
    live.send(list(members.values_list("user_id", flat=True)), event)


def removed(room: Room, user) -> None:
    """Tell somebody that they are no longer in a room."""
    live.send([user.pk], {"type": "chat.removed", "room": str(room.pk)})
