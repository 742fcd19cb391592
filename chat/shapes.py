"""Messages and members as the page's script gets them: plain data, the same for every reader."""

from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from chat.enums import MemberRole, MessageKind
from chat.models import Membership, Message
from chat.text import one_line

_NAMES = {MessageKind.IMAGE: "[图片]", MessageKind.FILE: "[文件]"}

# A line that has every part and says nothing: the pattern that the page's script fills.
BLANK = {"id": UUID(int=0), "kind": "", "author": {}, "reply": {}, "file": {}, "recalled": None}


def message(row: Message) -> dict:
    """Return a line read with its parts (MessageQuerySet.with_parts)."""
    at = timezone.localtime(row.created_at)
    shape = {
        "id": str(row.pk),
        "seq": row.seq,
        "change": row.change,
        "kind": row.kind,
        "uuid": str(row.client_uuid) if row.client_uuid else None,
        "author": _author(row),
        "body": "" if row.is_recalled else row.body,
        "at": at.isoformat(),
        "time": date_format(at, "H:i"),
        "day": date_format(at, "Y年n月j日"),
        "mentions": [] if row.is_recalled else row.mentions,
        "reply": _quote(row.reply_to) if row.reply_to and not row.is_recalled else None,
        "file": None,
        "recalled": None,
    }
    if row.is_recalled:
        by = "" if row.recalled_by_id == row.author_id else row.recalled_by.name
        shape["recalled"] = {"by": by, "reason": row.recall_reason}
    elif row.kind in _NAMES:
        shape["file"] = _file(row)
    return shape


def summary(row: Message) -> str:
    """Return a line in a few words, as the list of rooms, quotes and popups show it."""
    if row.is_recalled:
        return "消息已撤回"
    if row.kind in _NAMES:
        name = row.attachment.original_name if row.kind == MessageKind.FILE else ""
        return one_line(f"{_NAMES[row.kind]} {name} {row.body}")
    return one_line(row.body)


def member(row: Membership) -> dict:
    return {
        "id": str(row.pk),
        "user": row.user_id.hex,
        "name": row.user.name,
        "role": row.get_role_display(),
        "read": row.last_read_seq,
    }


def role_of(row: Message) -> str:
    """Return what the author was in the room when they wrote the line."""
    return MemberRole(row.author_role).label if row.author_role else ""


def _author(row):
    if row.author_id is None:
        return None
    return {"user": row.author_id.hex, "name": row.author.name, "role": role_of(row)}


def _quote(row):
    return {"seq": row.seq, "name": row.author.name if row.author else "系统", "text": summary(row)}


def _file(row):
    file = row.attachment
    args = [row.room_id, file.pk]
    return {
        "url": reverse("chat:file", args=args),
        "thumb": reverse("chat:thumb", args=args) if file.thumb else "",
        "download": reverse("chat:download", args=args),
        "name": file.original_name,
        "size": file.size,
        "width": file.width,
        "height": file.height,
        "notes": file.notes,
    }
