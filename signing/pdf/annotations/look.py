"""Reads what the marks of a PDF say of their look, and paints paths so."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pikepdf import Array, Dictionary, Name

# {number of parts of a colour: the operator that sets it for areas and letters}; in capitals, for lines.
FILLING = {1: "g", 3: "rg", 4: "k"}
Numbers = list[float]
# Operators, the points that they reach, and whether what is below shines through.
Drawn = tuple[str, Numbers, bool]


def numbers(value: Any) -> Numbers:
    """Return the numbers of an array; none where it is no array of numbers."""
    try:
        return [float(number) for number in value] if isinstance(value, Array) else []
    except (TypeError, ValueError):
        return []


def box(mark: Any) -> Numbers | None:
    rect = numbers(mark.get("/Rect"))
    if len(rect) != 4:
        return None
    left, right = sorted(rect[0::2])
    bottom, top = sorted(rect[1::2])
    return [left, bottom, right, top] if left < right and bottom < top else None


def number(value: Any, otherwise: float) -> float:
    """Return what a PDF has as a number; `otherwise` where it is none."""
    return float(value) if isinstance(value, (int, float, Decimal)) else otherwise


def opacity(mark: Any) -> float:
    return number(mark.get("/CA"), 1)


def width(mark: Any) -> float:
    style, border = mark.get("/BS"), mark.get("/Border")
    if isinstance(style, Dictionary):
        return max(0, number(style.get("/W"), 1))
    return max(0, number(border[2], 1)) if isinstance(border, Array) and len(border) >= 3 else 1


def colour(mark: Any, key: str, *, line: bool, otherwise: Numbers | None = None) -> str:
    """Return the operator that sets a colour of a mark, for lines or for areas; "" without one."""
    parts = numbers(mark.get(key)) or otherwise or []
    name = FILLING.get(len(parts))
    return f"{text(parts)} {name.upper() if line else name}" if name else ""


def text(values: Iterable[float]) -> str:
    return " ".join(f"{value:.2f}" for value in values)


def painted(mark: Any, path: str, points: Numbers, *, may_fill: bool) -> Drawn:
    """Paint a path in the colours of a mark."""
    fill = colour(mark, "/IC", line=False) if may_fill else ""
    thick = width(mark)
    paint = ("B" if thick else "f") if fill else "S" if thick else "n"
    colours = f"{fill} {colour(mark, '/C', line=True, otherwise=[0])}"
    return f"{colours} {thick:.2f} w 1 J 1 j {_dashes(mark)} {path} {paint}", points, False


def _dashes(mark: Any) -> str:
    style = mark.get("/BS")
    if not isinstance(style, Dictionary) or style.get("/S") != Name.D:
        return ""
    lengths = [length for length in numbers(style.get("/D")) if length > 0] or [3]
    return f"[{text(lengths)}] 0 d"


def through(points: Numbers, *, is_closed: bool) -> str:
    pairs = [points[start : start + 2] for start in range(0, len(points) - 1, 2)]
    parts = [f"{text(pair)} {'l' if number else 'm'}" for number, pair in enumerate(pairs)]
    return " ".join([*parts, "h"] if is_closed else parts)
