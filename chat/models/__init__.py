"""Rooms, members, messages with their files, invitations, and the record of it all."""

from chat.models.invitations import Invitation
from chat.models.messages import Attachment, Message
from chat.models.records import AuditEntry, QuickReply
from chat.models.rooms import Membership, Room

__all__ = ["Attachment", "AuditEntry", "Invitation", "Membership", "Message", "QuickReply", "Room"]
