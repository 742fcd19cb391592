"""Draws marks that came without an appearance: their producer left it to the viewer, and the freeze would lose them."""

from collections.abc import Callable
from itertools import chain
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5
_QUARTER = 0.5522847  # Bézier handle of a quarter circle
_NOTE_SIDE = 14
# {number of parts of a colour: operators that set it for filling and for lines}.
_COLOURS = {1: ("g", "G"), 3: ("rg", "RG"), 4: ("k", "K")}
Numbers = list[float]


def draw(pdf: pikepdf.Pdf) -> list[tuple[Any, Numbers]]:
    """Give an appearance to each such mark that is lines or areas; return (mark, its box) of those that are text."""
    texts = []
    for page in pdf.pages:
        for mark in page.obj.get("/Annots", Array()):
            if not isinstance(mark, Dictionary) or not _is_bare(mark):
                continue
            if mark.get("/Subtype") in (Name.FreeText, Name.Stamp) and (box := _box(mark)):
                texts.append((mark, box))
            elif (shape := _SHAPES.get(str(mark.get("/Subtype")))) and (lines := shape(mark)):
                _appear(pdf, mark, lines)
    return texts


def words(mark: Any) -> str:
    """Return what a mark of text says: its text, or a stamp's name."""
    said = mark.get("/Contents") or mark.get("/Name", "")
    return str(said).removeprefix("/")


def _is_bare(mark):
    flags = mark.get("/F", 0)
    appearance = mark.get("/AP")
    shown = isinstance(appearance, Dictionary) and appearance.get("/N") is not None
    return not shown and not (isinstance(flags, int) and flags & (_HIDDEN | _NO_VIEW))


def _appear(pdf, mark, drawn):
    operators, points, is_marker = drawn
    reach = _width(mark) / 2 + 1
    xs, ys = points[0::2], points[1::2]
    box = Array([min(xs) - reach, min(ys) - reach, max(xs) + reach, max(ys) + reach])
    state = Dictionary(Type=Name.ExtGState, CA=_opacity(mark), ca=_opacity(mark))
    if is_marker:
        state.BM = Name.Multiply
    form = pdf.make_stream(f"/G gs {operators}".encode())
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, box
    form.Resources = Dictionary(ExtGState=Dictionary(G=state))
    mark.Rect, mark.AP = box, Dictionary(N=form)
    if "/AS" in mark:
        del mark.AS


def _numbers(value) -> Numbers:
    try:
        return [float(number) for number in value] if isinstance(value, Array) else []
    except (TypeError, ValueError):
        return []


def _box(mark):
    rect = _numbers(mark.get("/Rect"))
    if len(rect) != 4:
        return None
    left, right = sorted(rect[0::2])
    bottom, top = sorted(rect[1::2])
    return [left, bottom, right, top] if left < right and bottom < top else None


def _opacity(mark):
    value = mark.get("/CA", 1)
    return float(value) if isinstance(value, (int, float)) or hasattr(value, "__float__") else 1


def _width(mark):
    style = mark.get("/BS")
    width: Any = style.get("/W", 1) if isinstance(style, Dictionary) else 1
    border = _numbers(mark.get("/Border"))
    if not isinstance(style, Dictionary) and len(border) >= 3:
        width = border[2]
    return float(width)


def _colour(mark, key, *, line, otherwise=None):
    parts = _numbers(mark.get(key)) or otherwise or []
    names = _COLOURS.get(len(parts))
    return f"{_text(parts)} {names[line]}" if names else ""


def _text(numbers):
    return " ".join(f"{number:.2f}" for number in numbers)


def _quads(mark):
    quads = _numbers(mark.get("/QuadPoints"))
    if len(quads) >= 8:
        return [quads[start : start + 8] for start in range(0, len(quads) - 7, 8)]
    box = _box(mark)
    return [[box[0], box[3], box[2], box[3], box[0], box[1], box[2], box[1]]] if box else []


def _line_at(part: float) -> Callable:
    """Return what draws a line through the quads of a mark, at a part of their height."""

    def shape(mark):
        lines, points = [], []
        for x1, y1, x2, y2, x3, y3, x4, y4 in _quads(mark):
            start = x3 + (x1 - x3) * part, y3 + (y1 - y3) * part
            end = x4 + (x2 - x4) * part, y4 + (y2 - y4) * part
            thick = max(0.7, 0.07 * abs(y1 - y3))
            lines.append(f"{thick:.2f} w {_text(start)} m {_text(end)} l S")
            points += [x1, y1, x2, y2, x3, y3, x4, y4]
        return (_colour(mark, "/C", line=1, otherwise=[0]) + " " + " ".join(lines), points, False) if lines else None

    return shape


def _highlight(mark):
    quads = _quads(mark)
    areas = [f"{_text(q[:2])} m {_text(q[2:4])} l {_text(q[6:8])} l {_text(q[4:6])} l f" for q in quads]
    colour = _colour(mark, "/C", line=0, otherwise=[1, 1, 0])
    return (f"{colour} {' '.join(areas)}", [number for quad in quads for number in quad], True) if quads else None


def _painted(mark, path, points, *, may_fill):
    fill = _colour(mark, "/IC", line=0) if may_fill else ""
    width = _width(mark)
    paint = ("B" if width else "f") if fill else "S" if width else "n"
    return f"{fill} {_colour(mark, '/C', line=1, otherwise=[0])} {width:.2f} w 1 J 1 j {path} {paint}", points, False


def _through(points, *, is_closed):
    pairs = [points[start : start + 2] for start in range(0, len(points) - 1, 2)]
    parts = [f"{_text(pair)} {'l' if number else 'm'}" for number, pair in enumerate(pairs)]
    return " ".join([*parts, "h"] if is_closed else parts)


def _ink(mark):
    strokes = mark.get("/InkList")
    lines = [
        points for stroke in (strokes if isinstance(strokes, Array) else []) if len(points := _numbers(stroke)) >= 2
    ]
    paths = [_through(points if len(points) >= 4 else points * 2, is_closed=False) for points in lines]
    return _painted(mark, " ".join(paths), list(chain.from_iterable(lines)), may_fill=False) if lines else None


def _path(key, *, is_closed=False):
    def shape(mark):
        points = _numbers(mark.get(key))
        if len(points) < 4:
            return None
        return _painted(mark, _through(points, is_closed=is_closed), points, may_fill=is_closed)

    return shape


def _inside(mark):
    box = _box(mark)
    inset = _width(mark) / 2
    return box and [box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset]


def _square(mark):
    if not (box := _inside(mark)):
        return None
    left, bottom, right, top = box
    return _painted(mark, f"{_text([left, bottom, right - left, top - bottom])} re", box, may_fill=True)


def _circle(mark):
    if not (box := _inside(mark)):
        return None
    left, bottom, right, top = box
    x, y, a, b = (left + right) / 2, (bottom + top) / 2, (right - left) / 2, (top - bottom) / 2
    k, m = a * _QUARTER, b * _QUARTER
    arcs = [
        (x + a, y + m, x + k, y + b, x, y + b),
        (x - k, y + b, x - a, y + m, x - a, y),
        (x - a, y - m, x - k, y - b, x, y - b),
        (x + k, y - b, x + a, y - m, x + a, y),
    ]
    path = " ".join([f"{_text([x + a, y])} m", *(f"{_text(arc)} c" for arc in arcs), "h"])
    return _painted(mark, path, box, may_fill=True)


def _note(mark):
    """A note's icon, where programs show one."""
    if not (box := _box(mark)):
        return None
    left, top = box[0], box[3]
    side = _NOTE_SIDE
    lines = " ".join(f"{_text([left + 3, top - y])} m {_text([left + side - 3, top - y])} l S" for y in (4, 7, 10))
    fill = _colour(mark, "/C", line=0, otherwise=[1, 0.9, 0.4])
    frame = f"{fill} 0 G 0.7 w {_text([left, top - side, side, side])} re B"
    return f"{frame} {lines}", [left, top - side, left + side, top], False


_SHAPES: dict[str, Callable] = {
    "/StrikeOut": _line_at(0.45),
    "/Underline": _line_at(0.1),
    "/Squiggly": _line_at(0.1),
    "/Highlight": _highlight,
    "/Ink": _ink,
    "/Line": _path("/L"),
    "/Polygon": _path("/Vertices", is_closed=True),
    "/PolyLine": _path("/Vertices"),
    "/Square": _square,
    "/Circle": _circle,
    "/Text": _note,
    "/Caret": _line_at(0.1),
}
