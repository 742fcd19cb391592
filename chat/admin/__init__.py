"""The chat at the desk: the managers' rooms, who waits longest first."""

from chat.admin import room_admin

__all__ = ["room_admin"]
