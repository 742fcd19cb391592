"""The page that all papers share: styles, running head, foot with "page x of y", letterhead; lengths in points."""

from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from typing import Any

from django.utils import timezone
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, HRFlowable, PageTemplate, Spacer, Table

from signing.marks.fonts import SANS, SERIF, register
from workorders.models import WorkOrder
from workorders.papers.lines import INK, Style, break_lines
from workorders.papers.text import Text
from workorders.papers.values import day

MARGIN = 22 * mm
WIDTH = A4[0] - 2 * MARGIN
GREY = HexColor("#5c5c5c")
RULE = HexColor("#6b6b6b")
SHADE = HexColor("#f2f3f4")

BODY = Style(first=2, after=2)
OPENING = Style(before=9, after=2)
SMALL = Style(size=9, leading=14, color=HexColor("#333333"))
HEADING = Style(font=SANS, size=11.5, leading=17, before=8, after=4, weight=0.25)
_TITLE = Style(font=SANS, size=19, leading=27, align=TA_CENTER, spacing=1.6, weight=0.45)
_COMPANY = Style(font=SANS, size=12, leading=18, align=TA_CENTER, spacing=1.2)
_EDGE = Style(font=SANS, size=8, leading=11, color=GREY)
_RIGHT_EDGE = Style(font=SANS, size=8, leading=11, color=GREY, align=TA_RIGHT)

# The headings so far: (heading, level, page).
Outline = list[tuple[str, int, int]]


class PaperCanvas(Canvas):
    """Notes on which page each heading of the outline stands; its file is written by `write` alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.marks: Outline = []

    def save(self) -> None:
        """Do nothing: the document calls this after each try, of which only the last is worth a file."""

    def write(self) -> None:
        super().save()

    def mark(self, label: str, level: int) -> None:
        key = f"heading{len(self.marks)}"
        self.bookmarkPage(key)
        self.addOutlineEntry(label, key, level)
        self.marks.append((label, level, self.getPageNumber()))


def company_of(order: WorkOrder) -> str:
    """Return who issues the order's papers; before the order has a service area, the site itself."""
    return order.service_area.company if order.service_area else "办电 E 助手"


def render(
    story: Callable[[Outline], list[Flowable]], *, title: str, order: WorkOrder, has_cover: bool = False
) -> bytes:
    """Return the PDF of a story, built until "page x of y" and the contents say what has come out: twice, where it is
    more than a page.

    `story` is called with the outline [(heading, level, page)] as known so far and returns the flowables.
    """
    register()
    pages = 1
    outline: Outline = []
    for _ in range(4):
        buffer = BytesIO()
        tries: list[PaperCanvas] = []
        document = BaseDocTemplate(
            buffer,
            pagesize=A4,
            title=title,
            author=company_of(order),
            subject=f"工单编号 {order}",
            creator="办电 E 助手",
            lang="zh-CN",
            initialFontName=SERIF,
        )
        decorate = partial(_decorate, title=title, order=order, pages=pages, has_cover=has_cover)
        document.addPageTemplates(
            [
                PageTemplate("first", [_frame(top=15 * mm)], onPage=decorate, autoNextPageTemplate="later"),
                PageTemplate("later", [_frame(top=23 * mm)], onPage=decorate),
            ]
        )
        document.build(story(outline), canvasmaker=partial(_canvas, tries))
        (canvas,) = tries
        if (pages, outline) == (document.page, canvas.marks):
            break
        pages, outline = document.page, canvas.marks
    canvas.write()
    return buffer.getvalue()


def _canvas(tries: list[PaperCanvas], *args: Any, **kwargs: Any) -> PaperCanvas:
    tries.append(PaperCanvas(*args, **kwargs))
    return tries[-1]


def _frame(*, top: float) -> Frame:
    bottom = 20 * mm
    return Frame(MARGIN, bottom, WIDTH, A4[1] - bottom - top, 0, 0, 0, 0)


def _decorate(
    canvas: PaperCanvas, _document: BaseDocTemplate, *, title: str, order: WorkOrder, pages: int, has_cover: bool
) -> None:
    """Draw the running head (from the second page) and the foot with the order's number and the page's."""
    page = canvas.getPageNumber()
    if page == 1 and has_cover:
        return
    canvas.saveState()
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.4)
    canvas.line(MARGIN, 16 * mm, MARGIN + WIDTH, 16 * mm)
    _edge(canvas, 11 * mm, f"工单编号 {order}", f"第 {page} 页　共 {pages} 页")
    if page > 1:
        canvas.line(MARGIN, A4[1] - 18 * mm, MARGIN + WIDTH, A4[1] - 18 * mm)
        _edge(canvas, A4[1] - 17 * mm, company_of(order), title)
    canvas.restoreState()


def _edge(canvas: PaperCanvas, y: float, left: str, right: str) -> None:
    """Draw two texts at the page's edges, the left one cut where it would meet the other."""
    lines = break_lines(left, _EDGE, WIDTH * 0.65)
    for style, words in ((_EDGE, lines[0][0] + "…" * (len(lines) > 1)), (_RIGHT_EDGE, right)):
        text = Text(words, style)
        text.wrap(WIDTH, 0)
        text.drawOn(canvas, MARGIN, y)


def letterhead(order: WorkOrder, title: str, *, number: str) -> list:
    """Return the head of a first page: company, title, the round and number, and the day of issue, today."""
    today = Text(day(timezone.localdate()), Style(size=9, leading=14, align=TA_RIGHT))
    sides = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]
    return [
        Text(company_of(order), _COMPANY),
        Spacer(0, 4),
        *double_rule(WIDTH),
        Spacer(0, 9),
        Text(title, _TITLE),
        table([[Text(number, SMALL), today]], colWidths=[WIDTH * 0.7, WIDTH * 0.3], style=sides),
    ]


def double_rule(width: float) -> list:
    return [
        HRFlowable(width, 1.1, color=INK, spaceBefore=0, spaceAfter=1.6),
        HRFlowable(width, 0.4, color=INK, spaceBefore=0),
    ]


def table(cells: Sequence[Sequence[object]], *, style: Sequence[tuple], **options: Any) -> Table:
    # Even an empty cell would bring in Helvetica, which is not embedded.
    return Table(cells, style=[("FONTNAME", (0, 0), (-1, -1), SANS), *style], **options)
