"""Where lines of Chinese text end and how wide they are; sizes in points, advances and gaps in em.

Rules: GB/T 15834 标点符号用法 (which marks may not begin or end a line); a mark beside another takes half a square;
a thin gap parts Chinese from Latin.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.pdfbase.pdfmetrics import getFont, stringWidth

from signing.marks.fonts import SANS, SERIF

INK = HexColor("#1a1a1a")
_OPENING = "（《〈「『【〔〖“‘"
_CLOSING = "，。、；：）》〉」』】〕〗”’"
_NO_START = _CLOSING + "？！…—·～％℃,.:;?!%)]}"
_NO_END = _OPENING + "￥$([{"
# A run of Latin letters and digits, kept whole where it fits; a space; or one Chinese character.
_PIECE = re.compile(r"[\u0021-\u024f\u0370-\u04ff\u202f]+|[ \u3000]|.", re.DOTALL)
_LATIN = re.compile(r"[0-9A-Za-z\u00c0-\u024f\u0370-\u04ff]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_THIN = 0.14  # gap between Chinese and Latin, in em


def clean(value: object) -> str:
    """Return text without what cannot be drawn: control, format and private characters; keep line breaks."""
    lines = re.split(r"\r\n|[\r\n\v\f\x85\u2028\u2029]", str(value).replace("\t", " "))
    dropped = {"Cc", "Cf", "Cs", "Co", "Cn"}
    kept = (
        "".join(c for c in line if unicodedata.category(c) not in dropped and not _is_selector(c)) for line in lines
    )
    return "\n".join(line.rstrip() for line in kept).strip("\n")


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


@dataclass(frozen=True)
class Style:
    """Sizes in points; `first` is the indent of the first line in em, `weight` the stroke that thickens headings."""

    font: str = SERIF
    size: float = 10.5
    leading: float = 17.5
    color: Color = INK
    align: int = TA_LEFT
    first: float = 0
    spacing: float = 0
    before: float = 0
    after: float = 0
    weight: float = 0
    keep_with_next: bool = False


@cache
def font_for(preferred: str, char: str) -> str:
    """Return the family that has the character; one that neither has is drawn as the preferred family's empty box."""
    other = SANS if preferred == SERIF else SERIF
    return next((name for name in (preferred, other) if ord(char) in getFont(name).face.charToGlyph), preferred)


@cache
def advance(preferred: str, char: str) -> float:
    return stringWidth(char, font_for(preferred, char), 1000) / 1000


@cache
def gap(font: str, left: str, right: str) -> float:
    """Return the room between two characters in em, beyond their own: negative where marks share a square."""
    if (_HAN.match(left) and _LATIN.match(right)) or (_LATIN.match(left) and _HAN.match(right)):
        return _THIN
    squeezed = left in _CLOSING and right in _CLOSING + _OPENING and advance(font, left) == 1
    opened = left in _OPENING and right in _OPENING and advance(font, right) == 1
    return -0.5 if squeezed or opened else 0


def measure(text: str, style: Style) -> float:
    """Return the natural width of one line in points."""
    return _joined(0, "", text, style)


def _joined(width: float, line: str, more: str, style: Style) -> float:
    """Return how wide a line of this width is with more text behind it."""
    em = sum([advance(style.font, char) for char in more])
    em += sum([gap(style.font, left, right) for left, right in pairwise(line[-1:] + more)])
    return width + em * style.size + style.spacing * len(more)


def _units(text: str) -> list[str]:
    """Return the pieces between which a line may end."""
    units: list[str] = []
    for piece in _PIECE.findall(text):
        if units and (piece[0] in _NO_START or units[-1][-1] in _NO_END):
            units[-1] += piece
        else:
            units.append(piece)
    return units


def break_lines(text: str, style: Style, width: float) -> list[tuple[str, bool]]:
    """Return the lines of one paragraph, each with whether it ends the paragraph; width in points."""
    lines, line, filled, room = [], "", 0.0, width - style.first * style.size
    for unit in _units(text):
        words = unit.rstrip()
        if (reached := _joined(filled, line, words, style)) <= room + 0.01:
            filled = reached if words == unit else _joined(filled, line, unit, style)
            line += unit
            continue
        if line.strip():
            lines.append((line.rstrip(), False))
            line, filled, room = "", 0.0, width
        for char in unit.lstrip():
            if line and _joined(filled, line, char, style) > room + 0.01:
                lines.append((line, False))
                line, filled, room = "", 0.0, width
            line, filled = line + char, _joined(filled, line, char, style)
    return [*lines, (line.rstrip(), True)]
