"""Where handwriting, seal and caption stand in the box of a signature field; lengths in points on paper.

The seal has its real size where there is room. The handwriting stands left of it, or runs over its lower part where the
box is narrow, as on paper. Nothing covers the caption.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from signing.marks import fonts, ink, lettering, painting
from signing.marks.handwriting import Strokes, Typed

_CAPTION = "0.36 0.40 0.47 rg"
_SMALLEST, _LARGEST, _PART = 5, 7, 0.13
_LEADING = 1.25
# Lower boxes have room for one line only.
_TWO_LINES_FROM = 70
# Captions that say everything; the others leave something out.
_WHOLE = 3
# The part of the seal that handwriting beside it may reach over, and of the box that handwriting over it takes.
_REACH, _OVER = 0.16, 0.5
# Handwriting beside a seal wants this much of the seal's side.
_LEAST_COLUMN = 0.55
_GAP = 6
_LARGEST_TYPED = 30


@dataclass(frozen=True)
class Layout:
    """Boxes of hand and seal as (left, bottom, width, height), None for what is not there; the caption's lines."""

    hand: tuple | None
    seal: tuple | None
    lines: list[str]
    size: float
    # Of the caption's middle.
    x: float
    y: float


def draw(mark: Any, art: Any, width: float, height: float) -> str:
    """Return PDF operators for a box of this size; `art` is the seal's artwork or None."""
    layout = arrange(width, height, art.side if art else 0, bool(mark.hand), mark.captions())
    parts = []
    if layout.hand:
        parts.append(_written(mark.hand, layout.hand))
    if layout.seal:
        left, bottom, side, _ = layout.seal
        scale = side / art.side
        parts.append(f"q /Over gs {scale:.5f} 0 0 {scale:.5f} {left:.2f} {bottom:.2f} cm /Seal Do Q")
    parts.append(_captioned(layout))
    if mark.preview:
        parts.append(painting.watermark("预览 未生效", width, height))
    return "\n".join(parts)


def arrange(width: float, height: float, side: float, with_hand: bool, captions: list[list[str]]) -> Layout:
    """Return where all stands in a box of this size; `side` is that of the seal, 0 for none."""
    size = min(_LARGEST, max(_SMALLEST, height * _PART))
    flat = [lines for lines in captions if len(lines) == 1]
    if not side:
        lines = _fitting(flat, width, size)
        foot = _foot(lines, size)
        return Layout((0, foot, width, height - foot), None, lines, size, width / 2, 0)
    whole = min(side, width, height)
    usable = flat if height < _TWO_LINES_FROM else captions
    for lines in (lines for lines in usable if lines in captions[:_WHOLE]):
        least = max(_LEAST_COLUMN * whole if with_hand else 0, _width(lines, size) + _GAP)
        if width - whole >= least:
            return _beside(width, height, whole, lines, size, with_hand)
    return _below(width, height, side, _fitting(usable, width, size), size, with_hand)


def _beside(width: float, height: float, side: float, lines: list[str], size: float, with_hand: bool) -> Layout:
    """Seal at the right in its whole height; at the left handwriting over the caption, or the caption alone."""
    bottom, foot = (height - side) / 2, _foot(lines, size)
    if with_hand:
        column = width - side
        hand = (0, foot, column + _REACH * side, height - foot)
        return Layout(hand, (column, bottom, side, side), lines, size, (column - _GAP) / 2, 0)
    group = _width(lines, size) + _GAP + side
    left = (width - group) / 2
    seal = (left + group - side, bottom, side, side)
    return Layout(None, seal, lines, size, left + _width(lines, size) / 2, (height - foot) / 2)


def _below(width: float, height: float, side: float, lines: list[str], size: float, with_hand: bool) -> Layout:
    """The caption across the box at its foot; above it the seal, with handwriting beside, below or over it."""
    foot = _foot(lines, size)
    room = height - foot
    whole = min(side, width, room)
    if not with_hand:
        return Layout(None, ((width - whole) / 2, foot + (room - whole) / 2, whole, whole), lines, size, width / 2, 0)
    if width - whole >= _LEAST_COLUMN * whole:
        hand = (0, foot, width - whole + _REACH * whole, room)
        seal = (width - whole, foot + (room - whole) / 2, whole, whole)
    else:
        hand = (0, foot, width, max(_OVER * room, room - whole * (1 - _REACH)))
        seal = ((width - whole) / 2, height - whole, whole, whole)
    return Layout(hand, seal, lines, size, width / 2, 0)


def _fitting(captions: Iterable[list[str]], width: float, size: float) -> list[str]:
    return next((lines for lines in captions if _width(lines, size) <= width), [])


def _width(lines: Iterable[str], size: float) -> float:
    return max(lettering.width_of(line, size) for line in lines)


def _foot(lines: Sequence[str], size: float) -> float:
    return len(lines) * size * _LEADING


def _captioned(layout: Layout) -> str:
    parts = [f"q {_CAPTION}"]
    for number, line in enumerate(reversed(layout.lines)):
        left = layout.x - lettering.width_of(line, layout.size) / 2
        bottom = layout.y + layout.size * (0.22 + number * _LEADING)
        parts.append(lettering.draw(line, left, bottom, layout.size))
    return "\n".join([*parts, "Q"])


def _written(hand: Strokes | Typed, box: tuple[float, float, float, float]) -> str:
    if not isinstance(hand, Typed):
        return ink.draw(hand, box)
    left, bottom, width, height = box
    size = min(_LARGEST_TYPED, 0.8 * height, 0.94 * width / lettering.width_of(hand.name, 1, fonts.SERIF))
    start = left + (width - lettering.width_of(hand.name, size, fonts.SERIF)) / 2
    middle = bottom + height / 2 - 0.38 * size
    return f"q {ink.COLOUR} rg\n{lettering.draw(hand.name, start, middle, size, fonts.SERIF)}\nQ"
