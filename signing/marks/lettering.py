"""Draws short text as glyph outlines: no font has to go into a signature's update."""

import math
import threading
from functools import cache, lru_cache
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.pens.qu2cuPen import Qu2CuPen
from fontTools.ttLib import TTFont

from signing.marks import fonts

# Units in an em, whatever the font's own: at 9 mm, the largest letters, one is 0.05 mm; fewer digits, a smaller file.
EM = 200
# Part of an em by which an outline may change to need half as many curves.
_TOLERANCE = 0.002
# The fonts read their tables and glyphs when first asked for them, which two threads must not do at once.
_reading = threading.Lock()


def width_of(text: str, size: float, face: str = fonts.SANS) -> float:
    """Return the width in points."""
    return sum(glyph(character, face)[1] for character in _drawn(text, face)) * size / EM


def draw(text: str, x: float, y: float, size: float, face: str = fonts.SANS) -> str:
    """Return PDF operators that fill the text from (x, y) on its baseline, in the current colour."""
    scale = size / EM
    parts = []
    for character in _drawn(text, face):
        outline, advance = glyph(character, face)
        if outline:
            parts.append(f"q {scale:.5f} 0 0 {scale:.5f} {x:.2f} {y:.2f} cm {outline} f Q")
        x += advance * scale
    return "\n".join(parts)


def lacking(text: str, face: str = fonts.SERIF) -> str:
    """Return the characters that no font can draw, each once."""
    return "".join(dict.fromkeys(character for character in text if _face_of(character, face) is None))


def _drawn(text: str, face: str) -> str:
    """Return the text with the number of a character in place of one that no font can draw."""
    return "".join(c if _face_of(c, face) else fonts.spelled(c) for c in text)


def _face_of(character: str, wished: str) -> str | None:
    with _reading:
        return next((face for face in fonts.faces_of(wished) if ord(character) in _font(face)[2]), None)


@lru_cache(maxsize=2000)
def glyph(character: str, face: str) -> tuple[str, float]:
    """Return (path operators, advance) of a character's glyph, both in units of 1/EM; another font's where need be."""
    found = _face_of(character, face) or face
    with _reading:
        font, glyphs, names = _font(found)
        per_em = font["head"].unitsPerEm
        outline = glyphs[names.get(ord(character), ".notdef")]
        pen = _PathPen(glyphs, EM / per_em)
        outline.draw(Qu2CuPen(pen, _TOLERANCE * per_em, all_cubic=True))
        return " ".join(pen.parts), outline.width * EM / per_em


@lru_cache(maxsize=2000)
def edge(character: str, face: str) -> float:
    """Return how long the edge of a character's strokes is, in units of 1/EM: the more and the narrower, the longer."""
    length, numbers = 0.0, list[float]()
    here = start = (0.0, 0.0)
    for word in glyph(character, face)[0].split():
        if word in ("l", "c", "m"):
            there = numbers[-2], numbers[-1]
            if word == "m":
                start = there
            else:
                length += math.dist(here, there)
            here, numbers = there, []
        elif word == "h":
            length, here = length + math.dist(here, start), start
        else:
            numbers.append(float(word))
    return length


@cache
def _font(face: str) -> tuple[TTFont, Any, dict[int, str]]:
    font = TTFont(fonts.path(face), lazy=True)
    return font, font.getGlyphSet(), font.getBestCmap()


class _PathPen(BasePen):
    def __init__(self, glyphs: Any, scale: float) -> None:
        super().__init__(glyphs)
        self.scale = scale
        self.parts: list[str] = []

    def _moveTo(self, point: tuple[float, float]) -> None:
        self._add("m", point)

    def _lineTo(self, point: tuple[float, float]) -> None:
        self._add("l", point)

    def _curveToOne(self, one: tuple[float, float], two: tuple[float, float], end: tuple[float, float]) -> None:
        self._add("c", one, two, end)

    def _closePath(self) -> None:
        self.parts.append("h")

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        self.parts.append(" ".join(f"{value * self.scale:.0f}" for point in points for value in point) + " " + operator)
