"""Draws lines and bent lines: what stands at their ends, and what shows where a measured distance begins."""

import math
from itertools import chain
from typing import Any

from signing.pdf.annotations import line_ends, look


def bent_line(mark: Any) -> look.Drawn | None:
    return _ended(mark, look.numbers(mark.get("/Vertices")))


def line(mark: Any) -> look.Drawn | None:
    points, leaders = line_of(mark), _leaders(mark)
    drawn = _ended(mark, points)
    if not drawn or not leaders:
        return drawn
    paths = " ".join(look.through(leader, is_closed=False) + " S" for leader in leaders)
    return f"{drawn[0]} {paths}", drawn[1] + list(chain.from_iterable(leaders)), False


def _ended(mark: Any, points: look.Numbers) -> look.Drawn | None:
    """Return an open line with what stands at its ends."""
    if len(points) < 4:
        return None
    drawn = look.painted(mark, look.through(points, is_closed=False), points, may_fill=False)
    width = look.width(mark)
    if not width:
        return drawn
    shapes, reached = line_ends.draw(mark, points, width)
    return f"{drawn[0]} [] 0 d {look.colour(mark, '/IC', line=False)} {shapes}", points + reached, False


def line_of(mark: Any) -> look.Numbers:
    """Return both ends of a line; one that measures stands beside what it measures."""
    return _beside(mark, _number(mark, "/LL") + _offset(mark))


def _leaders(mark: Any) -> list[look.Numbers]:
    """Return the short lines from what is measured to the line that measures it."""
    length = _number(mark, "/LL")
    near, far = _beside(mark, _offset(mark)), _beside(mark, length + _offset(mark) + _number(mark, "/LLE", like=length))
    return [[*near[:2], *far[:2]], [*near[2:], *far[2:]]] if length and near else []


def _offset(mark: Any) -> float:
    return _number(mark, "/LLO", like=_number(mark, "/LL"))


def _number(mark: Any, key: str, like: float = 1.0) -> float:
    """Return a number of a mark, on the same side as another one."""
    return math.copysign(1, like) * look.number(mark.get(key), 0)


def _beside(mark: Any, distance: float) -> look.Numbers:
    """Return a line's ends moved to its left, seen from its beginning."""
    ends = look.numbers(mark.get("/L"))
    if len(ends) != 4:
        return []
    x1, y1, x2, y2 = ends
    length = math.hypot(x2 - x1, y2 - y1)
    x, y = ((y1 - y2) / length * distance, (x2 - x1) / length * distance) if length else (0, 0)
    return [x1 + x, y1 + y, x2 + x, y2 + y]
