"""Draws handwriting as PDF vectors: smooth curves whose width follows the pen."""

import math
from collections.abc import Sequence
from itertools import pairwise

from signing.marks.handwriting import Point, Strokes

# Near-black blue.
COLOUR = "0.04 0.09 0.27"
# The content's unit in points; whole numbers keep it small.
_UNIT = 0.05
_TOLERANCE = 0.11
_MOST_POINTS = 1200
# Bounds the work on a long stroke.
_CHUNK = 200
_WIDTH_STEP = 0.12
_SLOW, _FAST = 0.55, 1.25

# x and y in points.
At = tuple[float, float]
Path = Sequence[At]
Curve = tuple[At, At, At, At]


def draw(strokes: Strokes, box: tuple[float, float, float, float]) -> str:
    """Return PDF operators that draw the ink as large as fits into box, proportions kept, centred.

    `box` is (left, bottom, width, height) in points.
    """
    left, bottom, width, height = box
    ink = strokes.bounds()
    pen = min(2.1, max(1.0, height * 0.04))
    room = (width - 2 * pen, height - 2 * pen)
    scale = min(room[0] / max(ink[2] - ink[0], 1e-6), room[1] / max(ink[3] - ink[1], 1e-6))
    scale = min(scale, 3 * min(room) / min(strokes.width, strokes.height))  # a small mark stays small
    x0 = left + (width - (ink[2] - ink[0]) * scale) / 2 - ink[0] * scale
    y0 = bottom + (height + (ink[3] - ink[1]) * scale) / 2 + ink[1] * scale
    paths = [
        [(x0 + point.x * strokes.width * scale, y0 - point.y * strokes.height * scale) for point in stroke]
        for stroke in strokes.strokes
    ]
    parts = [f"q {COLOUR} RG 1 J 1 j {_UNIT} 0 0 {_UNIT} 0 0 cm"]
    for stroke, path, kept in zip(strokes.strokes, paths, _kept(paths), strict=True):
        widths = _widths(path, [_pressure(point) for point in stroke], [point.time for point in stroke], pen)
        parts.append(_stroke([path[i] for i in kept], [widths[i] for i in kept]))
    return "\n".join([*parts, "Q"])


def _kept(paths: Sequence[Path]) -> list[list[int]]:
    """Return for each path the indexes of the points that its curve needs, fewer where there are too many."""
    step = 1 + sum(map(len, paths)) // _MOST_POINTS // 4
    tolerance = _TOLERANCE
    while True:
        kept = [_simplified(path, tolerance, step) for path in paths]
        if sum(map(len, kept)) <= _MOST_POINTS:
            return kept
        tolerance *= 2


def _pressure(point: Point) -> float | None:
    # A mouse or finger reports 0 or a constant half.
    return point.pressure if point.pressure not in (None, 0, 0.5) else None


def _stroke(points: Path, widths: Sequence[float]) -> str:
    if math.dist(points[0], points[-1]) == 0 and len(points) < 3:
        return f"{widths[0] * 1.3 / _UNIT:.0f} w {_at(*points[0])} m {_at(*points[0])} l S"
    lines, current = [], None
    for index, (start, end) in enumerate(pairwise(points)):
        before = points[index - 1] if index else start
        after = points[index + 2] if index + 2 < len(points) else end
        pieces = max(1, min(6, round(abs(widths[index + 1] - widths[index]) / _WIDTH_STEP)))
        curve = _curve(before, start, end, after)
        for piece in range(pieces):
            middle = (piece + 0.5) / pieces
            width = widths[index] + (widths[index + 1] - widths[index]) * middle
            width = round(width / _WIDTH_STEP) * _WIDTH_STEP
            (a, b, c, d), curve = _split(curve, 1 / (pieces - piece))
            if width != current:
                lines.append(f"{'S ' if current else ''}{width / _UNIT:.0f} w {_at(*a)} m")
                current = width
            lines.append(f"{_at(*b)} {_at(*c)} {_at(*d)} c")
    return "\n".join([*lines, "S"])


def _widths(path: Path, pressures: Sequence[float | None], times: Sequence[float | None], pen: float) -> list[float]:
    """Return the pen's width at each point: by pressure where the pad reports it, otherwise thinner when faster."""
    speeds = [0.0]
    for (one, other), (t1, t2) in zip(pairwise(path), pairwise(times), strict=True):
        elapsed = t2 - t1 if t1 is not None and t2 is not None else 0
        speeds.append(math.dist(one, other) / elapsed if elapsed > 0 else speeds[-1])
    typical = sorted(speeds)[len(speeds) // 2] or max(speeds) or 1
    widths, width = [], None
    for speed, pressure in zip(speeds, pressures, strict=True):
        ease = pressure * 1.6 if pressure is not None else 1.5 - 0.5 * min(speed / typical, 2)
        target = pen * min(_FAST, max(_SLOW, ease))
        width = target if width is None else width + 0.3 * (target - width)
        widths.append(width)
    return widths


def _simplified(path: Path, tolerance: float, step: int) -> list[int]:
    """Return the indexes that keep the path within `tolerance` points (Ramer, Douglas, Peucker)."""
    candidates = [*range(0, len(path) - 1, step), len(path) - 1]
    joints = [*range(0, len(candidates) - 1, _CHUNK), len(candidates) - 1]
    keep, spans = set(joints), list(pairwise(joints))
    while spans:
        first, last = spans.pop()
        start, end = path[candidates[first]], path[candidates[last]]
        offsets = ((_offset(path[candidates[i]], start, end), i) for i in range(first + 1, last))
        distance, index = max(offsets, default=(0, 0))
        if distance > tolerance:
            keep.add(index)
            spans += [(first, index), (index, last)]
    return [candidates[i] for i in sorted(keep)]


def _offset(point: At, start: At, end: At) -> float:
    length = math.dist(start, end)
    if not length:
        return math.dist(point, start)
    along = ((point[0] - start[0]) * (end[0] - start[0]) + (point[1] - start[1]) * (end[1] - start[1])) / length**2
    along = min(1, max(0, along))
    return math.dist(point, (start[0] + along * (end[0] - start[0]), start[1] + along * (end[1] - start[1])))


def _curve(before: At, start: At, end: At, after: At) -> Curve:
    """Return the Bézier points of a centripetal-like Catmull-Rom piece; handles never overshoot their piece."""
    span = math.dist(start, end)
    return start, _handle(before, start, end, span), _handle(after, end, start, span), end


def _handle(far: At, here: At, other: At, span: float) -> At:
    dx, dy = other[0] - far[0], other[1] - far[1]
    length = math.hypot(dx, dy) or 1
    return here[0] + dx / length * span / 3, here[1] + dy / length * span / 3


def _split(curve: Curve, part: float) -> tuple[Curve, Curve]:
    """Return the first `part` of a Bézier curve, and the rest, which is its end where that is all of it."""
    a, b, c, d = curve
    if part == 1:
        return curve, (d, d, d, d)
    ab, bc, cd = _between(a, b, part), _between(b, c, part), _between(c, d, part)
    abc, bcd = _between(ab, bc, part), _between(bc, cd, part)
    middle = _between(abc, bcd, part)
    return (a, ab, abc, middle), (middle, bcd, cd, d)


def _between(one: At, other: At, part: float) -> At:
    return one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part


def _at(x: float, y: float) -> str:
    return f"{x / _UNIT:.0f} {y / _UNIT:.0f}"
