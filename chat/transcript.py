"""《群聊记录》: a room's lines as a paper for the 卷宗, with the files it holds named by their SHA-256."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone
from reportlab.platypus import Flowable, Table

from accounts.models import User
from bandian.db.locks import atomic
from chat import audit
from chat.enums import AuditAction, MessageKind
from chat.messaging import serializers
from chat.models import Attachment, Membership, Message, Room
from signing.evidence import report
from workorders.papers import particulars
from workorders.papers.blocks import section, sheet
from workorders.papers.layout import BODY, Outline, letterhead, render
from workorders.papers.text import Text

TITLE = "群聊记录"
# Characters of a line of the column, and lines of a row that fit on any page.
_LINE, _LINES = 24, 24
_HOW = "按消息序号排列，序号连续。已撤回的消息只记撤回，不记内容；发出的文件以 SHA-256 摘要标识，随卷宗另存。"


def make(room: Room) -> bytes:
    """Return the PDF of a whole room, with the platform's signature."""
    rows = list(room.messages.with_parts().order_by("seq"))
    members = list(room.memberships.select_related("user"))
    now = timezone.localtime()

    def story(_outline: Outline) -> list[Flowable]:
        return [
            *letterhead(room.order, TITLE, number=f"共 {len(rows)} 条　　截至 {now:%Y-%m-%d %H:%M:%S}（UTC+08:00）"),
            particulars.order_header(room.order),
            *section("一、群成员", _people(members)),
            *section("二、消息", Text(_HOW, BODY), _lines(rows)),
        ]

    return report.countersigned(render(story, title=TITLE, order=room.order), reason=TITLE)


@atomic
def taken_along(room: Room, *, by: User) -> bytes:
    """Return the PDF, and note who took it."""
    audit.record(room, AuditAction.EXPORT, by=by)
    return make(room)


def files(room: Room) -> Iterator[tuple[str, Attachment]]:
    """Yield (path, attachment) of every file that stands in the room, in the order of the lines."""
    rows = room.messages.with_parts().filter(recalled_at=None, attachment__isnull=False).order_by("seq")
    for row in rows:
        yield f"群聊记录/文件/{row.seq:04} {row.attachment.download_name}", row.attachment


def _people(members: Iterable[Membership]) -> Table:
    rows = [
        (member.user.name, member.get_role_display(), _time(member.joined_at), _time(member.removed_at))
        for member in members
    ]
    return sheet(["姓名", "身份", "加入", "离开"], rows, [20, 30, 25, 25])


def _lines(rows: Iterable[Message]) -> Table:
    told: list[tuple[str, ...]] = []
    for row in rows:
        head = (str(row.seq), _time(row.created_at), _who(row))
        for part in _parts(_what(row)):
            told.append((*head, part))
            head = ("", "", "")
    return sheet(["序号", "时间", "发送人", "内容"], told, [7, 18, 20, 55], left=(3,))


def _parts(text: str) -> Iterator[str]:
    """Yield a long text in parts that each fit on a page: a row of a table is never broken."""
    part: list[str] = []
    height = 0
    for line in text.split("\n"):
        for start in range(0, len(line) or 1, _LINE):
            part.append(line[start : start + _LINE])
            height += 1
            if height == _LINES:
                yield "\n".join(part)
                part, height = [], 0
    if part:
        yield "\n".join(part)


def _who(row: Message) -> str:
    if row.author is None:
        return "系统"
    return f"{row.author.name}\n{serializers.role_of(row)}"


def _what(row: Message) -> str:
    if row.is_recalled:
        by = row.recalled_by.name
        at = timezone.localtime(row.recalled_at)
        return f"（{at:%m-%d %H:%M} 由{by}撤回{'，原因：' + row.recall_reason if row.recall_reason else ''}）"
    parts = []
    if row.reply_to:
        parts.append(f"【回复第 {row.reply_to.seq} 条】")
    if row.kind in (MessageKind.IMAGE, MessageKind.FILE):
        parts.append(f"【{row.get_kind_display()}】{row.attachment.original_name}\nSHA-256 {row.attachment.sha256}")
    return "\n".join([*parts, row.body]).strip()


def _time(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}".replace(" ", "\n") if moment else "—"
