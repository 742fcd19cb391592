"""The letters and figures of an engraved seal as PDF operators; lengths in hundredths of a millimetre from its centre.

A ring of letters is set as engravers do it: each letter stands upright on its own spoke, and where there are many
letters they become narrow first and low then.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from signing.marks import fonts, lettering

# Where Chinese letters stand in their em square, from the baseline.
_EM_FOOT = -0.12
_DIGIT_HEIGHT = 0.74
# Width of a letter in parts of its height: the widest, and the narrowest before it gets lower.
_WIDEST, _NARROWEST = 0.8, 0.52
_LOWER = 0.98
# The part of its room that a letter fills; its own edges are air already.
_FILL = 0.97
# The part of a long name in the outer of two rings, and from one ring to the next in heights of letters.
_OUTER_SHARE, _NEXT_RING = 0.58, 1.18
# Degrees from one letter to the next where there are few.
_FARTHEST = 38
_STAR_INNER = 0.382
# Bézier handle of a quarter circle.
_QUARTER = 0.5522847


@dataclass(frozen=True)
class Letter:
    """A glyph and the matrix that puts its font units on the seal."""

    character: str
    matrix: tuple[float, ...]
    face: str = fonts.SERIF

    def draw(self, painting: str) -> str:
        """Return operators; `painting` is "f" or, for the heavier strokes of an engraving, "B"."""
        outline, _ = lettering.glyph(self.character, self.face)
        turn, place = self.matrix[:4], self.matrix[4:]
        numbers = " ".join([*(f"{value:.4f}" for value in turn), *(f"{value:.0f}" for value in place)])
        return f"q {numbers} cm {outline} {painting} Q"


def ring(text: str, *, outer: float, tallest: float, sweep: float) -> list[Letter]:
    """Return the letters of a name from left to right over the top, none farther out than `outer`.

    `sweep` is the greatest angle in degrees that they may take, `tallest` their greatest height.
    """
    pitch = math.radians(min(_FARTHEST, sweep / len(text)))
    tall, wide = _size(pitch, outer, tallest)
    foot = math.sqrt(outer**2 - (wide / 2) ** 2) - tall
    first = math.pi / 2 + pitch * (len(text) - 1) / 2
    return [_upright(character, first - i * pitch, foot, wide, tall) for i, character in enumerate(text)]


def two_rings(text: str, *, outer: float, tallest: float, sweep: float) -> tuple[list[Letter], float]:
    """Return the letters of a long name in two rings, the outer one read first, and how far in they reach.

    Letters of both are of one size, and the inner ring begins and ends with the outer one.
    """
    first = math.ceil(len(text) * _OUTER_SHARE)
    tall, _ = _size(math.radians(sweep / first), outer, tallest)
    inner = outer - _NEXT_RING * tall
    letters = ring(text[:first], outer=outer, tallest=tall, sweep=sweep)
    pitch = min(sweep, _FARTHEST * (len(text) - first), sweep / first * (len(text) - first) * outer / inner)
    return letters + ring(text[first:], outer=inner, tallest=tall, sweep=pitch), inner - tall


def _size(pitch: float, outer: float, tallest: float) -> tuple[float, float]:
    """Return (height, width) of letters on spokes `pitch` apart."""
    tall = tallest
    while True:
        wide = min(_WIDEST * tall, 2 * (outer - 1.03 * tall) * math.tan(pitch / 2) * _FILL)
        if wide >= _NARROWEST * tall:
            return tall, wide
        tall *= _LOWER


def lower_ring(digits: str, *, outer: float, tall: float, sweep: float) -> list[Letter]:
    """Return the digits of a number from left to right along the bottom, their feet at `outer`."""
    pitch = math.radians(sweep / len(digits))
    first = -math.pi / 2 - pitch * (len(digits) - 1) / 2
    return [_hanging(digit, first + i * pitch, outer, tall) for i, digit in enumerate(digits)]


def row(text: str, *, middle: float, tall: float, wide: float, pitch: float) -> list[Letter]:
    """Return letters side by side, centred on (0, middle), `pitch` from each to the next."""
    left = -pitch * (len(text) - 1) / 2
    return [_boxed(letter, left + i * pitch - wide / 2, middle - tall / 2, wide, tall) for i, letter in enumerate(text)]


def grid(text: str, *, side: float) -> list[Letter]:
    """Return letters that fill a square in columns from right to left, as on a name seal."""
    columns = max(2, math.ceil(math.sqrt(len(text))))
    ends = [math.ceil(len(text) * i / columns) for i in range(columns + 1)]
    parts = [text[start:end] for start, end in pairwise(ends)]
    wide = side / columns
    letters = []
    for i, part in enumerate(parts):
        tall = side / len(part)
        x = side / 2 - (i + 1) * wide
        letters += [_boxed(letter, x, side / 2 - (j + 1) * tall, wide, tall) for j, letter in enumerate(part)]
    return letters


def star(radius: float) -> str:
    """Return a filled pentagram with a point at the top."""
    points = []
    for i in range(10):
        reach, angle = radius * (_STAR_INNER if i % 2 else 1), math.pi / 2 + i * math.pi / 5
        points.append(f"{reach * math.cos(angle):.0f} {reach * math.sin(angle):.0f} {'l' if i else 'm'}")
    return " ".join([*points, "h f"])


def circle(radius: float) -> str:
    """Return the stroke of a circle."""
    r, k = radius, radius * _QUARTER
    arcs = [(r, k, k, r, 0, r), (-k, r, -r, k, -r, 0), (-r, -k, -k, -r, 0, -r), (k, -r, r, -k, r, 0)]
    return " ".join([f"{r:.0f} 0 m", *(" ".join(f"{value:.0f}" for value in arc) + " c" for arc in arcs), "h S"])


def square(side: float) -> str:
    """Return the stroke of a square."""
    return f"{-side / 2:.0f} {-side / 2:.0f} {side:.0f} {side:.0f} re S"


def _upright(character: str, angle: float, foot: float, wide: float, tall: float) -> Letter:
    """Set a letter on the spoke at `angle`, its foot at `foot` from the centre, its head outward."""
    _, advance = lettering.glyph(character, fonts.SERIF)
    across, up = (math.sin(angle), -math.cos(angle)), (math.cos(angle), math.sin(angle))
    return Letter(
        character,
        _matrix(across, up, wide / lettering.EM, tall / lettering.EM, advance / 2, _EM_FOOT * lettering.EM, foot),
    )


def _hanging(digit: str, angle: float, outer: float, tall: float) -> Letter:
    """Set a digit on the spoke at `angle`, its foot at `outer` from the centre, its head inward."""
    _, advance = lettering.glyph(digit, fonts.SANS)
    across, up = (-math.sin(angle), math.cos(angle)), (-math.cos(angle), -math.sin(angle))
    scale = tall / (_DIGIT_HEIGHT * lettering.EM)
    return Letter(digit, _matrix(across, up, scale, scale, advance / 2, 0, -outer), fonts.SANS)


def _boxed(character: str, left: float, bottom: float, wide: float, tall: float) -> Letter:
    _, advance = lettering.glyph(character, fonts.SERIF)
    scale = wide / max(lettering.EM, advance), tall / lettering.EM
    middle = left + wide / 2
    return Letter(character, (scale[0], 0, 0, scale[1], middle - scale[0] * advance / 2, bottom - _EM_FOOT * tall))


def _matrix(
    across: tuple[float, float],
    up: tuple[float, float],
    wide: float,
    tall: float,
    centre: float,
    base: float,
    foot: float,
) -> tuple[float, ...]:
    """Return the matrix that puts the font's point (centre, base) on the spoke, `foot` along `up`."""
    x = up[0] * (foot - base * tall) - across[0] * centre * wide
    y = up[1] * (foot - base * tall) - across[1] * centre * wide
    return across[0] * wide, across[1] * wide, up[0] * tall, up[1] * tall, x, y
