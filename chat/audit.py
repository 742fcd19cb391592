"""The record of a room: who did what in it beside talking."""

from accounts.models import User
from chat.enums import AuditAction
from chat.models import AuditEntry, Room


def record(room: Room, action: AuditAction, *, by: User | None = None, about: str = "", reason: str = "") -> None:
    """Add to the record; without `by` it was the system, with a step of the order."""
    AuditEntry.objects.create(room=room, action=action, by=by, about=about[:100], reason=reason[:200])
