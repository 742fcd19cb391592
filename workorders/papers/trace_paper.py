"""《工作痕迹》: the order's trace as a paper, each line with the beginning of its hash, at the end the last hash whole."""

from collections.abc import Mapping, Sequence

from django.utils import timezone
from reportlab.platypus import Flowable, Table

from workorders.models import Event, WorkOrder
from workorders.papers import particulars
from workorders.papers.blocks import section, sheet
from workorders.papers.layout import BODY, SMALL, Outline, letterhead, render
from workorders.papers.text import Text
from workorders.trace import copies
from workorders.trace.timeline import who

TITLE = "工作痕迹"
_SHOWN = 10  # hex digits of a hash in the list
_WITHHELD = "供电企业内部记录，内容不公开；哈希仍在链中，可供核对。"
_HOW = (
    "每条记录的哈希由上一条的哈希和本条全部内容算出，任何一条被改动、删除、插入或调换，其后的哈希都不再相符。"
    "数据库拒绝修改和删除已有记录。完整哈希见随附或另行下载的 JSON 文件，可用 verify_trace 命令核对。"
)


def make(order: WorkOrder, events: Sequence[Event], *, whole: bool) -> bytes:
    """Return the PDF of a trace; `whole` shows the internal lines too, which only staff may see."""
    now, hashes = timezone.localtime(), copies.hashes(events, whole=whole)

    def story(_outline: Outline) -> list[Flowable]:
        return [
            *letterhead(order, TITLE, number=f"共 {len(events)} 条　　截至 {now:%Y-%m-%d %H:%M:%S}（UTC+08:00）"),
            particulars.order_header(order),
            *section("一、办理记录", _list(order, events, hashes, whole)),
            *section("二、链尾哈希（SHA-256）", Text(hashes[len(events)] if events else "—", SMALL), Text(_HOW, BODY)),
        ]

    return render(story, title=TITLE, order=order)


def _list(order: WorkOrder, events: Sequence[Event], hashes: Mapping[int, str], whole: bool) -> Table:
    rows = [_row(order, event, hashes[event.number][:_SHOWN], whole or event.is_public) for event in events]
    return sheet(["序号", "时间", "办理人", "事项与说明", "哈希"], rows, [7, 18, 18, 41, 16], left=(3,))


def _row(order: WorkOrder, event: Event, line_hash: str, is_shown: bool) -> tuple[str, ...]:
    if not is_shown:
        return str(event.number), "—", "—", _WITHHELD, line_hash
    at = timezone.localtime(event.at)
    what = event.label + ("" if event.is_public else "（仅内部）")
    if event.source != event.target:
        what += f"：{event.get_source_display()} → {event.get_target_display()}"
    told = "\n".join(filter(None, [what, event.note]))
    return (
        str(event.number),
        f"{at:%Y-%m-%d}\n{at:%H:%M:%S}",
        who(order, event).replace(" ", "\n", 1),
        told,
        line_hash,
    )
