"""Finds where on a paper a party is to sign: beside the words that ask for it, where nothing is printed."""

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import PdfDocument, raw

from files.fonts.ink import UNSEEN
from signing.pdf.free_space import INK_LEVEL, Rectangle, Sheet
from signing.pdf.geometry import Box

_ASKED = "(?:签收|签字|签名|签章|盖章|签署)"
# What may follow the words within a label: 客户签名(单位盖章): 用电人(签字或盖章):
_TAIL = r"[)\]】]?(?:[(/、或及]?(?:单位|企业|公司)?(?:签字|签名|签章|盖章|公章)[)\]】]?){0,2}:?"


def _patterns(*words: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(word + _TAIL) for word in words)


# By preference; within one, the last on the last page that has room wins.
_ANCHORS = {
    "customer": _patterns(
        r"客户\(?签收",
        rf"客户(?:代表|经办人)?\(?{_ASKED}",
        rf"(?:经办人|用电人|用电方|用户|申请人|乙方)\(?{_ASKED}",
        _ASKED,
    ),
    "supplier": _patterns(rf"供电(?:企业|单位|公司|人|方)\(?{_ASKED}", rf"甲方\(?{_ASKED}"),
}
_NOT_THEIRS = {"customer": re.compile("供电|国网|甲方|客户经理"), "supplier": re.compile("$.")}

# Points on paper, large to small; a seal is 42 mm across, 119 points, and handwriting goes beside it.
_SEALED_SIZES = ((250, 124), (190, 124), (124, 124))
_SIZES = ((150, 54), (130, 46), (110, 40), (92, 33), (76, 26))
SMALLEST = (60, 20)
_GAP = 5
# Labels looked at on one page.
_MOST_TRIES = 20


@dataclass(frozen=True)
class Place:
    page: int
    box: tuple[float, float, float, float]


@dataclass
class Pages:
    """The pages of an open document, as text and as ink, each made once; remembers the places given away."""

    document: PdfDocument
    units: list[float]
    _texts: dict = field(default_factory=dict)
    _sheets: dict = field(default_factory=dict)

    def text(self, index: int) -> "Text | None":
        if index not in self._texts:
            textpage = self.document[index].get_textpage()
            plain = textpage.get_text_range()
            self._texts[index] = Text(textpage) if re.search("[签章]", unicodedata.normalize("NFKC", plain)) else None
        return self._texts[index]

    def sheet(self, index: int) -> Sheet:
        if index not in self._sheets:
            self._sheets[index] = Sheet(self.document[index], self.units[index])
        return self._sheets[index]

    def take(self, place: Place) -> None:
        """Keep a place from being given (again)."""
        sheet = self.sheet(place.page)
        sheet.take(sheet.on_screen(place.box))


def find(pages: Pages, role: str, *, sealed: bool = False) -> Place | None:
    """Return a Place for `role` and keep it from being given twice, or None where no words ask or none has room.

    It is `sealed` where a seal goes into it beside the handwriting.
    """
    for pattern in _ANCHORS[role]:
        for index in reversed(range(len(pages.units))):
            text = pages.text(index)
            if text is None:
                continue
            spans = text.matches(pattern, _NOT_THEIRS[role])
            for start, end in reversed(spans[-_MOST_TRIES:]):
                sheet = pages.sheet(index)
                words = [sheet.on_screen(text.box(i)) for i in range(start, end)]
                if room := _Room(sheet, words).find(sealed=sealed):
                    sheet.take(room)
                    return Place(index, sheet.on_page(room))
    return None


class Text:
    """The printed characters of a page, without blanks, with their boxes."""

    def __init__(self, textpage: pypdfium2.PdfTextPage) -> None:
        self._textpage = textpage
        self._indexes, characters = [], []
        for index in range(textpage.count_chars()):
            code = raw.FPDFText_GetUnicode(textpage, index)
            character = unicodedata.normalize("NFKC", chr(code)) if code < 0x110000 else ""
            if len(character) == 1 and character.isprintable() and not character.isspace():
                self._indexes.append(index)
                characters.append(character)
        self._characters = "".join(characters)

    def box(self, position: int) -> Box:
        return self._textpage.get_charbox(self._indexes[position], loose=True)

    def sign(self, position: int) -> str:
        return self._characters[position]

    def bounds(self, position: int) -> Box:
        """Return the box of what is drawn, without the air that belongs to a character."""
        return self._textpage.get_charbox(self._indexes[position])

    def is_printed(self, position: int) -> bool:
        """Whether a character is drawn, and dark enough to be read on paper."""
        index, colour = self._indexes[position], [ctypes.c_uint() for _ in range(4)]
        mode = raw.FPDFTextObj_GetTextRenderMode(raw.FPDFText_GetTextObject(self._textpage, index))
        if mode in UNSEEN or not raw.FPDFText_GetFillColor(self._textpage, index, *colour):
            return False
        *shades, alpha = (part.value for part in colour)
        return alpha == 255 and sum(shades) < 3 * INK_LEVEL

    def matches(self, pattern: re.Pattern[str], not_theirs: re.Pattern[str]) -> list[tuple[int, int]]:
        """Return the spans of labels; words inside a sentence and other parties' labels are none."""
        spans = [match.span() for match in pattern.finditer(self._characters)]
        return [span for span in spans if self._ends_a_label(*span) and not not_theirs.search(self._before(*span))]

    def _ends_a_label(self, start: int, end: int) -> bool:
        if self._characters[end - 1] == ":" or end == len(self._characters):
            return True
        return not (self._characters[end].isalnum() and self._adjoin(end - 1, end))

    def _before(self, start: int, end: int) -> str:
        first = start
        while first > 0 and start - first < 16 and self._adjoin(first - 1, first):
            first -= 1
        return self._characters[first:end]

    def _adjoin(self, one: int, other: int) -> bool:
        left, bottom, right, top = self.box(one)
        left2, bottom2, right2, top2 = self.box(other)
        reach = 0.6 * max(right - left, top - bottom)
        return left2 - right < reach and left - right2 < reach and bottom2 - top < reach and bottom - top2 < reach


class _Room:
    """Looks for free room about the words of one label."""

    def __init__(self, sheet: Sheet, characters: Sequence[Rectangle]) -> None:
        self._sheet, self._scale = sheet, sheet.per_point
        self._left, self._right = min(box[0] for box in characters), max(box[2] for box in characters)
        self._top, self._bottom = min(box[1] for box in characters), max(box[3] for box in characters)

    def find(self, *, sealed: bool) -> Rectangle | None:
        """Return a rectangle right of the words, else below them, as large as there is room for, or None."""
        tries: list[tuple[bool, Sequence[tuple[int, int]], bool]]
        tries = [(beside, [size], False) for size in (_SEALED_SIZES if sealed else ()) for beside in (True, False)]
        tries += [(True, _SIZES, False), (True, _SIZES, True), (False, _SIZES, False), (True, [SMALLEST], True)]
        for beside, sizes, over_rules in tries:
            for rectangle in self._rectangles(beside, sizes):
                if self._sheet.is_free(rectangle, over_rules=over_rules):
                    return rectangle
        return None

    def _rectangles(self, beside: bool, sizes: Sequence[tuple[int, int]]) -> Iterator[Rectangle]:
        gap = round(_GAP * self._scale)
        for width, height in ((round(w * self._scale), round(h * self._scale)) for w, h in sizes):
            middle = (self._top + self._bottom - height) // 2
            below = [(self._left, self._bottom + gap)]
            for x, y in [(self._right + gap, middle + shift) for shift in _shifts(height)] if beside else below:
                yield x, y, x + width, y + height


def _shifts(height: int) -> tuple[int, ...]:
    return 0, -height // 4, height // 4, height * 2 // 5, -height // 2
