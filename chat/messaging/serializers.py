"""How a line of a room reads, decided here alone: messages and members in words, as plain data.

`message` is the same for every reader. What it says is only put in its place by templates/chat/_line.html: in the page
for one reader, and once more as a pattern with the names of the values, which static/chat/render.js fills.
"""

from bisect import bisect_left
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from chat.enums import MemberRole, MessageKind
from chat.messaging.text import one_line
from chat.models import Membership, Message
from files.office import THUMB_SIDE

READS = "已读 {read}/{others}"
_SYSTEM = {"user": "", "name": "系统", "role": ""}
_SHOWN_SIDE = THUMB_SIDE / 2


def message(row: Message) -> dict:
    """Return a line read with its parts (MessageQuerySet.with_parts); parts that it does not have are left out.

    So is a summary that says what the body says. It goes to every open page of the room, so that each byte counts as
    often as there are readers.
    """
    at = timezone.localtime(row.created_at)
    is_shown = not row.is_recalled
    body, words = row.body if is_shown else "", summary(row)
    parts = {
        "id": str(row.pk),
        "seq": row.seq,
        "change": row.change,
        "kind": row.kind,
        "uuid": str(row.client_uuid) if row.client_uuid else None,
        "author": _author(row),
        "body": body,
        "summary": words if words != body else None,
        "at": at.isoformat(),
        "time": date_format(at, "H:i"),
        "day": date_format(at, "Y年n月j日"),
        "reply": _quote(row.reply_to) if row.reply_to and is_shown else None,
        "image": _image(row) if row.kind == MessageKind.IMAGE and is_shown else None,
        "file": _file(row) if row.kind == MessageKind.FILE and is_shown else None,
        "recalled": None if is_shown else _recalled(row),
        # Whether one can reply to it and take it back.
        "has_actions": row.kind != MessageKind.SYSTEM and is_shown,
    }
    return {name: part for name, part in parts.items() if part is not None}


def for_reader(row: Message, user: User, reads: list[int]) -> dict:
    """Return a line as the page of one user shows it: whether it is theirs, and how many have read it.

    `reads` are the numbers up to which the other members have read, sorted.
    """
    read = len(reads) - bisect_left(reads, row.seq)
    told = READS.format(read=read, others=len(reads)) if reads else ""
    return message(row) | {"is_mine": row.author_id == user.pk, "reads": told}


class Pattern:
    """A line whose values are their own names in braces, e.g. {author.name}; none of its parts is empty."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def __getitem__(self, key: str) -> "Pattern":
        return Pattern(f"{self.name}.{key}" if self.name else key)

    def __str__(self) -> str:
        return f"{{{self.name}}}"


def summary(row: Message) -> str:
    """Return a line in a few words, as the list of rooms, quotes and popups show it."""
    if row.is_recalled:
        return "消息已撤回"
    if row.kind == MessageKind.IMAGE:
        return one_line(f"[图片] {row.body}")
    if row.kind == MessageKind.FILE:
        return one_line(f"[文件] {row.attachment.original_name} {row.body}")
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


def _author(row: Message) -> dict[str, str]:
    if row.author_id is None:
        return _SYSTEM
    return {"user": row.author_id.hex, "name": row.author.name, "role": role_of(row)}


def _quote(row: Message) -> dict[str, Any]:
    return {"seq": row.seq, "name": _author(row)["name"], "text": summary(row)}


def _recalled(row: Message) -> dict[str, str]:
    """Say who took a line back, and why where a manager did."""
    author = row.author.name
    if row.recalled_by_id == row.author_id:
        return {"to_author": "您撤回了一条消息", "to_others": f"{author} 撤回了一条消息"}
    reason = f"，原因：{row.recall_reason}" if row.recall_reason else ""
    words = f"{row.recalled_by.name} 撤回了 {author} 的一条消息{reason}"
    return {"to_author": words, "to_others": words}


def _image(row: Message) -> dict[str, Any]:
    """Return what shows an image: its thumbnail, with the size it takes, so that nothing jumps when it arrives."""
    file = row.attachment
    args = [row.room_id, file.pk]
    scale = min(1, _SHOWN_SIDE / max(file.width, file.height))
    return {
        "url": reverse("chat:file", args=args),
        "thumb": reverse("chat:thumb", args=args),
        "name": file.original_name,
        "width": max(1, round(file.width * scale)),
        "height": max(1, round(file.height * scale)),
    }


def _file(row: Message) -> dict[str, Any]:
    file = row.attachment
    return {
        "download": reverse("chat:download", args=[row.room_id, file.pk]),
        "name": file.original_name,
        "size": filesizeformat(file.size),
        "notes": file.notes,
    }
