"""Draws marks that came without an appearance: their producer left it to the viewer, and the freeze would lose them."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from signing.pdf.annotations import line_ends, lines, look

_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5
_NOTE_SIDE = 14
_CAPTION = 10  # points


def draw(pdf: pikepdf.Pdf) -> list[tuple[Any, look.Numbers]]:
    """Give an appearance to each such mark that is lines or areas; return (mark, its box) of those that are text."""
    texts: list[tuple[Any, look.Numbers]] = []
    for page in pdf.pages:
        for mark in list(page.obj.get("/Annots", Array())):
            if not isinstance(mark, Dictionary) or not _is_bare(mark):
                continue
            for part in _parts(mark):
                page.obj.Annots.append(pdf.make_indirect(part))
                if part.Subtype == Name.FreeText:
                    texts.append((part, look.numbers(part.Rect)))
                elif drawn := _SHAPES[str(part.Subtype)](part):
                    _appear(pdf, part, drawn)
            if mark.get("/Subtype") in (Name.FreeText, Name.Stamp) and (box := look.box(mark)):
                texts.append((mark, box))
            elif (shape := _SHAPES.get(str(mark.get("/Subtype")))) and (drawn := shape(mark)):
                _appear(pdf, mark, drawn)
    return texts


def _parts(mark: Any) -> Iterator[Any]:
    """Give what belongs to a mark and stands outside its box: the line from a text to its object, a line's caption."""
    kind, said = mark.get("/Subtype"), str(mark.get("/Contents", ""))
    if kind == Name.FreeText and len(bend := look.numbers(mark.get("/CL"))) >= 4:
        ends = Array([mark.get("/LE", Name("/None")), Name("/None")])
        yield Dictionary(Type=Name.Annot, Subtype=Name.PolyLine, Rect=mark.Rect, Vertices=Array(bend), LE=ends)
        if box := look.box(mark):
            mark.Rect = Array(_less(box, look.numbers(mark.get("/RD"))))
    elif kind == Name.Line and mark.get("/Cap", False) is True and said and len(line := lines.line_of(mark)) == 4:
        x, y = (line[0] + line[2]) / 2, (line[1] + line[3]) / 2
        reach = _CAPTION * len(said) / 2 + 4
        rect = Array([x - reach, y + 1, x + reach, y + 1.5 * _CAPTION])
        letters = f"0 g /Helv {_CAPTION} Tf".encode()
        yield Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=rect, Contents=mark.Contents, DA=letters, Q=1)


def _less(box: look.Numbers, sides: look.Numbers) -> look.Numbers:
    """Return a box without its margins; the box where they leave nothing."""
    if len(sides) != 4:
        return box
    left, bottom, right, top = box[0] + sides[0], box[1] + sides[1], box[2] - sides[2], box[3] - sides[3]
    return [left, bottom, right, top] if left < right and bottom < top else box


def words(mark: Any) -> str:
    """Return what a mark of text says: its text, or a stamp's name."""
    said = mark.get("/Contents") or mark.get("/Name", "")
    return str(said).removeprefix("/")


def _is_bare(mark: Any) -> bool:
    flags = mark.get("/F", 0)
    appearance = mark.get("/AP")
    shown = isinstance(appearance, Dictionary) and appearance.get("/N") is not None
    return not shown and not (isinstance(flags, int) and flags & (_HIDDEN | _NO_VIEW))


def _appear(pdf: pikepdf.Pdf, mark: Any, drawn: look.Drawn) -> None:
    operators, points, is_marker = drawn
    reach = look.width(mark) / 2 + 1
    xs, ys = points[0::2], points[1::2]
    box = Array([min(xs) - reach, min(ys) - reach, max(xs) + reach, max(ys) + reach])
    state = Dictionary(Type=Name.ExtGState, CA=look.opacity(mark), ca=look.opacity(mark))
    if is_marker:
        state.BM = Name.Multiply
    form = pdf.make_stream(f"/G gs {operators}".encode())
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, box
    form.Resources = Dictionary(ExtGState=Dictionary(G=state))
    mark.Rect, mark.AP = box, Dictionary(N=form)
    if "/AS" in mark:
        del mark.AS


def _quads(mark: Any) -> list[look.Numbers]:
    quads = look.numbers(mark.get("/QuadPoints"))
    if len(quads) >= 8:
        return [quads[start : start + 8] for start in range(0, len(quads) - 7, 8)]
    box = look.box(mark)
    return [[box[0], box[3], box[2], box[3], box[0], box[1], box[2], box[1]]] if box else []


def _line_at(part: float) -> Callable[[Any], look.Drawn | None]:
    """Return what draws a line through the quads of a mark, at a part of their height."""

    def shape(mark: Any) -> look.Drawn | None:
        drawn, points = [], []
        for x1, y1, x2, y2, x3, y3, x4, y4 in _quads(mark):
            start = x3 + (x1 - x3) * part, y3 + (y1 - y3) * part
            end = x4 + (x2 - x4) * part, y4 + (y2 - y4) * part
            thick = max(0.7, 0.07 * abs(y1 - y3))
            drawn.append(f"{thick:.2f} w {look.text(start)} m {look.text(end)} l S")
            points += [x1, y1, x2, y2, x3, y3, x4, y4]
        colour = look.colour(mark, "/C", line=True, otherwise=[0])
        return (f"{colour} {' '.join(drawn)}", points, False) if drawn else None

    return shape


def _highlight(mark: Any) -> look.Drawn | None:
    quads = _quads(mark)
    areas = [f"{look.text(q[:2])} m {look.text(q[2:4])} l {look.text(q[6:8])} l {look.text(q[4:6])} l f" for q in quads]
    colour = look.colour(mark, "/C", line=False, otherwise=[1, 1, 0])
    return (f"{colour} {' '.join(areas)}", [number for quad in quads for number in quad], True) if quads else None


def _ink(mark: Any) -> look.Drawn | None:
    strokes = mark.get("/InkList")
    strokes = map(look.numbers, strokes if isinstance(strokes, Array) else [])
    found = [points for points in strokes if len(points) >= 2]
    paths = [look.through(points if len(points) >= 4 else points * 2, is_closed=False) for points in found]
    return look.painted(mark, " ".join(paths), list(chain.from_iterable(found)), may_fill=False) if found else None


def _polygon(mark: Any) -> look.Drawn | None:
    points = look.numbers(mark.get("/Vertices"))
    return look.painted(mark, look.through(points, is_closed=True), points, may_fill=True) if len(points) >= 4 else None


def _inside(mark: Any) -> look.Numbers | None:
    box = look.box(mark)
    inset = look.width(mark) / 2
    return box and [box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset]


def _square(mark: Any) -> look.Drawn | None:
    if not (box := _inside(mark)):
        return None
    left, bottom, right, top = box
    return look.painted(mark, f"{look.text([left, bottom, right - left, top - bottom])} re", box, may_fill=True)


def _circle(mark: Any) -> look.Drawn | None:
    if not (box := _inside(mark)):
        return None
    left, bottom, right, top = box
    path = line_ends.circle((left + right) / 2, (bottom + top) / 2, (right - left) / 2, (top - bottom) / 2)
    return look.painted(mark, path, box, may_fill=True)


def _note(mark: Any) -> look.Drawn | None:
    """A note's icon, where programs show one."""
    if not (box := look.box(mark)):
        return None
    left, top = box[0], box[3]
    side = _NOTE_SIDE
    rows = (f"{look.text([left + 3, top - y])} m {look.text([left + side - 3, top - y])} l S" for y in (4, 7, 10))
    fill = look.colour(mark, "/C", line=False, otherwise=[1, 0.9, 0.4])
    frame = f"{fill} 0 G 0.7 w {look.text([left, top - side, side, side])} re B"
    return f"{frame} {' '.join(rows)}", [left, top - side, left + side, top], False


_SHAPES: dict[str, Callable] = {
    "/StrikeOut": _line_at(0.45),
    "/Underline": _line_at(0.1),
    "/Squiggly": _line_at(0.1),
    "/Highlight": _highlight,
    "/Ink": _ink,
    "/Line": lines.line,
    "/Polygon": _polygon,
    "/PolyLine": lines.bent_line,
    "/Square": _square,
    "/Circle": _circle,
    "/Text": _note,
    "/Caret": _line_at(0.1),
}
