"""Draws short text as glyph outlines: no font has to go into a signature's update."""

from functools import cache, lru_cache

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from signing import fonts


def width_of(text, size):
    """Return the width in points."""
    return sum(_glyph(character)[1] for character in text) * size / _units()


def draw(text, x, y, size):
    """Return PDF operators that fill the text from (x, y) on its baseline, in the current colour."""
    scale = size / _units()
    parts = []
    for character in text:
        outline, advance = _glyph(character)
        if outline:
            parts.append(f"q {scale:.5f} 0 0 {scale:.5f} {x:.2f} {y:.2f} cm {outline} f Q")
        x += advance * scale
    return "\n".join(parts)


@cache
def _font():
    font = TTFont(fonts.path(fonts.SANS), lazy=True)
    return font, font.getGlyphSet(), font.getBestCmap()


def _units():
    return _font()[0]["head"].unitsPerEm


@lru_cache(maxsize=2000)
def _glyph(character):
    """Return (path operators in font units, advance)."""
    _, glyphs, names = _font()
    glyph = glyphs[names.get(ord(character), ".notdef")]
    pen = _PathPen(glyphs)
    glyph.draw(pen)
    return " ".join(pen.parts), glyph.width


class _PathPen(BasePen):
    def __init__(self, glyphs):
        super().__init__(glyphs)
        self.parts = []

    def _moveTo(self, point):
        self._add("m", point)

    def _lineTo(self, point):
        self._add("l", point)

    def _curveToOne(self, one, two, end):
        self._add("c", one, two, end)

    def _closePath(self):
        self.parts.append("h")

    def _add(self, operator, *points):
        self.parts.append(" ".join(f"{value:.0f}" for point in points for value in point) + " " + operator)
