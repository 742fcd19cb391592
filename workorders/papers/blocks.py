"""The blocks that papers are built of: forms, lists, a frame for long text, and the places to sign; in points."""

from collections.abc import Collection, Iterable, Sequence

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer, Table

from signing.marks.fonts import SANS
from workorders.papers.layout import HEADING, INK, RULE, SHADE, WIDTH, table
from workorders.papers.lines import Style, clean
from workorders.papers.text import Text
from workorders.papers.values import given

CELL = Style(size=10, leading=14.5)
EMPHASIS = Style(font=SANS, size=11.5, leading=17, weight=0.2)
_CENTRED = Style(size=10, leading=14.5, align=TA_CENTER)
_LABEL = Style(font=SANS, size=9, leading=14.5, align=TA_CENTER)
_LONG = Style(leading=17, first=2)
_PLACE = Style(font=SANS, size=10.5, leading=16)
_SIDE = 5  # padding left and right of a cell
_SEAL = 47 * mm  # room for a seal of 42 mm with air about it
_PLACE_WIDTH = 268  # a seal beside handwriting: 250, and the padding
_CHECK_CODE = 18 * mm
_LINES = [
    ("BOX", (0, 0), (-1, -1), 0.8, INK),
    ("INNERGRID", (0, 0), (-1, -1), 0.35, RULE),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("TOPPADDING", (0, 0), (-1, -1), 2.4),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ("LEFTPADDING", (0, 0), (-1, -1), _SIDE),
    ("RIGHTPADDING", (0, 0), (-1, -1), _SIDE),
]


def _cell(value: object, style: Style) -> object:
    """Return a cell's content: flowables as they are, text as one flowable per line."""
    return value if isinstance(value, Flowable) else [Text(line, style) for line in clean(value).split("\n")]


def section(words: str, *content: Flowable) -> list:
    """Return a heading and what follows it, begun on the next page where too little room is left on this one."""
    return [CondPageBreak(28 * mm), Text(words, HEADING), *content]


def form(rows: Iterable[Sequence[object]]) -> Table:
    """Return a form of label and value pairs, two pairs to a row; a row of one pair spans the width."""
    label = 25 * mm
    rest = WIDTH - 2 * label
    style, cells = [*_LINES, ("BACKGROUND", (0, 0), (0, -1), SHADE)], []
    for n, row in enumerate(rows):
        cells.append([_cell(value, CELL if column % 2 else _LABEL) for column, value in enumerate(row)])
        if len(row) == 2:
            cells[-1] += ["", ""]
            style.append(("SPAN", (1, n), (3, n)))
        else:
            style.append(("BACKGROUND", (2, n), (2, n), SHADE))
    return table(cells, colWidths=[label, rest * 0.52, label, rest * 0.48], style=style)


def sheet(
    head: Iterable[str], rows: Iterable[Sequence[object]], widths: Sequence[float], *, left: Collection[int] = ()
) -> Table:
    """Return a list whose head is repeated on every page; widths are shares, `left` names the columns not centred."""
    cells: list[list[object]] = [[Text(words, _LABEL) for words in head]]
    cells += [[_cell(value, CELL if n in left else _CENTRED) for n, value in enumerate(row)] for row in rows]
    style = [*_LINES, ("BACKGROUND", (0, 0), (-1, 0), SHADE)]
    return table(cells, colWidths=[WIDTH * share / sum(widths) for share in widths], style=style, repeatRows=1)


def framed(text: str | None) -> Table:
    """Return a user's long text in a frame that goes on over the page: a row for every two or three lines."""
    rows = []
    for line in filter(None, given(text).split("\n")):
        whole = Text(line, _LONG)
        whole.wrap(WIDTH - 2 * _SIDE - 2, 0)
        starts = range(0, max(len(whole.lines) - 1, 1), 2)
        rows += [[part] for part in whole.parts([*starts[1:], len(whole.lines)])]
    style = [
        ("BOX", (0, 0), (-1, -1), 0.8, INK),
        ("LEFTPADDING", (0, 0), (-1, -1), _SIDE + 1),
        ("RIGHTPADDING", (0, 0), (-1, -1), _SIDE + 1),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, 0), 4),
        ("BOTTOMPADDING", (0, -1), (-1, -1), 5),
    ]
    return table(rows, colWidths=[WIDTH], style=style)


def signing_place(utility: Sequence[str], words: str, *closing: Flowable) -> KeepTogether:
    """Return the end of a paper: the closing flowables, and in one row the utility's box and the customer's.

    The freeze puts handwriting and seals below or beside the first words of either box, the customer's `words` being
    the last of their kind in the document: a seal of 42 mm has room in both. Nothing after them may name signing or
    sealing again. Below the boxes stays room for the check code.
    """
    widths = [WIDTH - 100 * mm, 100 * mm]
    first, *rest = utility
    below = [Text(line, CELL) for line in rest]
    taken = sum(line.wrap(widths[0] - 2 * _SIDE, 0)[1] for line in below) - CELL.leading
    top = Spacer(0, 9)  # so that a signature beside the words may reach above them
    left = [top, Text(first, _PLACE), Spacer(0, _SEAL), *below]
    right = [top, Text(words, _PLACE), Spacer(0, _SEAL + taken), Text("日期：　　　　年　　月　　日", CELL)]
    box = table([[left, right]], colWidths=widths, style=[*_LINES, ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return KeepTogether([*closing, Spacer(0, 9), box, Spacer(0, _CHECK_CODE)])


def parties(*sides: tuple[str, Sequence[tuple[str, object]], str]) -> list:
    """Return the signing page of a contract: for each party its name, its facts and room for seal and signature.

    A side is (name, [(label, value)], words); the last side is the customer's. Below the words a seal of 42 mm has
    room beside handwriting.
    """
    day = "签订日期：　　　　年　　月　　日"
    style = [
        *_LINES,
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("SPAN", (0, 0), (1, 0)),
    ]
    blocks: list[Flowable] = []
    for name, rows, words in sides:
        head = Text(name, Style(font=SANS, size=11, leading=17, align=TA_CENTER, weight=0.2))
        told = [Text(f"{label}：{given(value)}", Style(size=10, leading=18)) for label, value in rows]
        place = [Text(words, _PLACE), Spacer(0, _SEAL), Text(day, CELL)]
        widths = [WIDTH - _PLACE_WIDTH, _PLACE_WIDTH]
        blocks += [table([[head, ""], [told, place]], colWidths=widths, style=style), Spacer(0, 14)]
    return blocks
