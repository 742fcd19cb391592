"""What the members' open pages are told after a commit: a hint, for the database is the truth (see `history`)."""

from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from chat.messaging import serializers
from chat.models import Membership, Message, Room
from notifications.live import publishing


def message(room: Room, row: Message) -> None:
    """Tell all members of a line that is new or was changed. Their pages see in `change` whether they missed one."""
    members = Membership.objects.entitled().filter(room=room)
    messages(room, [row], members.values_list("user_id", flat=True))


def messages(room: Room, rows: Iterable[Message], members: Iterable[UUID]) -> None:
    """Tell the members of several lines, one event each."""
    members = list(members)
    publishing.send_all(
        (members, {"type": "chat", "room": str(room.pk), "change": row.change, "message": serializers.message(row)})
        for row in rows
    )


def read(room: Room, membership: Membership) -> None:
    """Tell the members how far one of them has read."""
    event = {"type": "chat.read", "room": str(room.pk), "user": membership.user_id.hex, "seq": membership.last_read_seq}
    members = Membership.objects.entitled().filter(room=room)
    publishing.send(list(members.values_list("user_id", flat=True)), event)


def removed(room: Room, user: User) -> None:
    """Tell somebody that they are no longer in a room."""
    publishing.send([user.pk], {"type": "chat.removed", "room": str(room.pk)})
