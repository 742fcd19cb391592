"""The words of the chat: who is in a room as what, what a line is, and what the record of a room keeps."""

from enum import nonmember

from django.db.models import TextChoices

# Among the ids of those who are mentioned: every member.
EVERYBODY = "all"


class RoomState(TextChoices):
    OPEN = "open", "进行中"
    READONLY = "readonly", "只读"


class MemberRole(TextChoices):
    CUSTOMER = "customer", "客户"
    MANAGER = "manager", "客户经理"
    DESIGN = "design", "设计单位联系人"
    CONSTRUCTION = "construction", "施工单位联系人"

    # Who comes by invitation, sees what is said from then on, and can be taken out again.
    contacts = nonmember(("design", "construction"))


class MessageKind(TextChoices):
    TEXT = "text", "文字"
    IMAGE = "image", "图片"
    FILE = "file", "文件"
    SYSTEM = "system", "系统消息"


class AuditAction(TextChoices):
    OPEN = "open", "开通群聊"
    JOIN = "join", "加入"
    REMOVE = "remove", "移出"
    INVITE = "invite", "邀请"
    REVOKE = "revoke", "撤销邀请"
    RECALL = "recall", "撤回消息"
    READ_RECALLED = "read_recalled", "查看已撤回消息"
    EXPORT = "export", "导出聊天记录"
    CLOSE = "close", "转为只读"
