"""How many messages somebody has not read: differences of two numbers, no rows are counted."""

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from chat.models import Membership


def of(member: Membership) -> int:
    """Return the number for a membership that was read with its room."""
    return max(member.room.last_seq - member.last_read_seq, 0)


def count(room, user) -> int:
    member = Membership.objects.present().filter(room=room, user=user).select_related("room").first()
    return of(member) if member else 0


def total(user) -> int:
    """Return the sum over all rooms of the user that are not muted."""
    rows = Membership.objects.present().filter(user=user, muted=False)
    return rows.aggregate(total=Coalesce(Sum(F("room__last_seq") - F("last_read_seq")), 0))["total"]
