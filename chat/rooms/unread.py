"""How many messages somebody has not read: differences of two numbers, no rows are counted."""

from accounts.models import User
from chat.models import Membership, Room


def of(member: Membership) -> int:
    """Return the number for a membership that was read with its room."""
    return max(member.room.last_seq - member.last_read_seq, 0)


def count(room: Room, user: User) -> int:
    member = Membership.objects.entitled().filter(room=room, user=user).select_related("room").first()
    return of(member) if member else 0
