"""What was said in rooms as personal data: see accounts.privacy.personal_data.

The chat is part of the order's file and is kept as long as the order (互联网群组信息服务管理规定); what ends with the
account is the person's place in the rooms, and what only served them.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models.fields.files import FieldFile

from accounts.models import User
from bandian.db.locks import atomic
from chat.enums import MemberRole
from chat.messaging import numbering
from chat.models import Attachment, Invitation, Membership, Message, QuickReply
from chat.rooms import membership


def export(user: User) -> dict[str, Any]:
    said = Message.objects.filter(author=user).with_parts().order_by("created_at")
    return {
        "群聊": [
            {"工单": str(member.room.order), "身份": member.get_role_display(), "加入": member.joined_at}
            | ({"离开": member.removed_at} if member.removed_at else {})
            for member in Membership.objects.filter(user=user).select_related("room__order")
        ],
        "聊天消息": [
            {"时间": row.created_at, "工单": str(row.room.order), "内容": row.body, "已撤回": row.is_recalled}
            for row in said.select_related("room__order")
        ],
        "群聊邀请": [
            {"时间": row.created_at, "姓名": row.name, "手机号": row.phone, "状态": row.status}
            for row in Invitation.objects.filter(invited_by=user)
        ],
    }


def files(user: User) -> Iterator[tuple[str, FieldFile]]:
    sent = Attachment.objects.filter(message__author=user).select_related("message__room__order")
    for file in sent.order_by("message__created_at"):
        name = f"{file.message.seq:04}-{str(file.pk)[:8]} {file.download_name}".replace("/", "／")
        yield f"群聊 {file.message.room.order}/{name}", file.file


def refusal(user: User) -> str:
    return ""


def erase(user: User) -> None:
    """Take a contact out of all rooms, and drop the invitations that never brought anybody in."""
    Invitation.objects.filter(invited_by=user, used_at=None).delete()
    QuickReply.objects.filter(owner=user).delete()
    places = Membership.objects.present().filter(user=user, role__in=MemberRole.contacts)
    for room in list(places.values_list("room", flat=True)):
        _take_out(room, user)


@atomic
def _take_out(room: UUID, user: User) -> None:
    locked = numbering.lock(room)
    member = locked.memberships.present().select_related("user").get(user=user)
    membership.end(locked, member, by=user, reason="账号注销")
