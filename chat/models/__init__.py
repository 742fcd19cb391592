"""Rooms, members, messages with their files, invitations, and the record of it all; imports workorders.models."""

from chat.models.invitation import Invitation
from chat.models.message import Attachment, Message
from chat.models.record import AuditEntry, QuickReply
from chat.models.room import Membership, Room

__all__ = ["Attachment", "AuditEntry", "Invitation", "Membership", "Message", "QuickReply", "Room"]
