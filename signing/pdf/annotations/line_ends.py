"""Draws what stands at the ends of a line: arrows and the other shapes that the standard of PDF has."""

import math
from collections.abc import Callable
from typing import Any

from pikepdf import Array, Name

from signing.pdf.annotations import look

# In widths of the line, beside what a thin one has at least; the angle is that between an arrow's side and its line.
_SIDE, _LEAST, _ANGLE = 5, 4, math.radians(30)
_SLANT = math.radians(60)
_QUARTER = 0.5522847  # Bézier handle of a quarter circle
Point = tuple[float, float]
# Operators, whether the shape has an inside, and its corners.
Shape = tuple[str, bool, list[Point]]
# From the tip, the angle of the line there and the size.
Draw = Callable[[Point, float, float], Shape]


def draw(mark: Any, points: list[float], width: float) -> tuple[str, list[float]]:
    """Return (operators, points that they reach) of both ends of the line through `points`.

    The colours and the width of the line are set; shapes with an inside are filled where the mark has a colour for it.
    """
    paint = "B" if look.colour(mark, "/IC", line=False) else "S"
    ends = list(zip(points[0::2], points[1::2], strict=False))
    parts, reached = [], list[float]()
    for style, tip, before in zip(_styles(mark), (ends[0], ends[-1]), (ends[1], ends[-2]), strict=True):
        if style in _SHAPES and tip != before:
            angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
            path, is_closed, corners = _SHAPES[style](tip, angle, _LEAST + _SIDE * width)
            parts.append(f"{path} {paint if is_closed else 'S'}")
            reached += [side for corner in corners for side in corner]
    return " ".join(parts), reached


def _styles(mark: Any) -> list[str]:
    """Return the names of the shapes at the first and the last point."""
    named = mark.get("/LE")
    if isinstance(named, Array) and len(named) == 2:
        return [str(name) for name in named]
    return [str(named) if isinstance(named, Name) else "", ""]


def _at(origin: Point, angle: float, length: float) -> Point:
    return origin[0] + length * math.cos(angle), origin[1] + length * math.sin(angle)


def _through(corners: list[Point], *, is_closed: bool) -> Shape:
    lines = [f"{x:.2f} {y:.2f} {'l' if number else 'm'}" for number, (x, y) in enumerate(corners)]
    return " ".join([*lines, "h"] if is_closed else lines), is_closed, corners


def _arrow(*, is_closed: bool, is_reversed: bool = False) -> Draw:
    def shape(tip: Point, angle: float, size: float) -> Shape:
        back = angle if is_reversed else angle + math.pi
        corners = [_at(tip, back + _ANGLE, size), tip, _at(tip, back - _ANGLE, size)]
        return _through(corners, is_closed=is_closed)

    return shape


def _corners(*, turned: float, part: float) -> Draw:
    """Return what draws a square around the end, turned against the line."""

    def shape(tip: Point, angle: float, size: float) -> Shape:
        corners = [_at(tip, angle + turned + quarter * math.pi / 2, size * part) for quarter in range(4)]
        return _through(corners, is_closed=True)

    return shape


def _across(slant: float) -> Draw:
    def shape(tip: Point, angle: float, size: float) -> Shape:
        corners = [_at(tip, angle + slant, size / 2), _at(tip, angle + slant + math.pi, size / 2)]
        return _through(corners, is_closed=False)

    return shape


def _circle(tip: Point, angle: float, size: float) -> Shape:
    radius = size / 2
    path = circle(tip[0], tip[1], radius, radius)
    return path, True, [(tip[0] - radius, tip[1] - radius), (tip[0] + radius, tip[1] + radius)]


def circle(x: float, y: float, a: float, b: float) -> str:
    """Return the path of an ellipse around (x, y) with the half axes a and b."""
    k, m = a * _QUARTER, b * _QUARTER
    arcs = [
        (x + a, y + m, x + k, y + b, x, y + b),
        (x - k, y + b, x - a, y + m, x - a, y),
        (x - a, y - m, x - k, y - b, x, y - b),
        (x + k, y - b, x + a, y - m, x + a, y),
    ]
    return " ".join([f"{x + a:.2f} {y:.2f} m", *(" ".join(f"{n:.2f}" for n in arc) + " c" for arc in arcs), "h"])


_SHAPES = {
    "/OpenArrow": _arrow(is_closed=False),
    "/ClosedArrow": _arrow(is_closed=True),
    "/ROpenArrow": _arrow(is_closed=False, is_reversed=True),
    "/RClosedArrow": _arrow(is_closed=True, is_reversed=True),
    "/Square": _corners(turned=math.pi / 4, part=math.sqrt(0.5)),
    "/Diamond": _corners(turned=0, part=0.5),
    "/Circle": _circle,
    "/Butt": _across(math.pi / 2),
    "/Slash": _across(_SLANT),
}
