"""Finds where on a paper a party is to sign: beside the words that ask for it, where nothing is printed."""

import ctypes
import re
import unicodedata
from dataclasses import dataclass, field

from pypdfium2 import raw

_ASKED = "(?:签收|签字|签名|签章|盖章|签署)"
# What may follow the words within a label: 客户签名(单位盖章): 用电人(签字或盖章):
_TAIL = r"[)\]】]?(?:[(/、或及]?(?:单位|企业|公司)?(?:签字|签名|签章|盖章|公章)[)\]】]?){0,2}:?"


def _patterns(*words):
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

# Points on paper, large to small.
_SIZES = ((150, 54), (130, 46), (110, 40), (92, 33), (76, 26))
_SMALLEST = (60, 20)
_GAP, _AIR, _MARGIN = 5, 2, 9
_PIXELS_PER_POINT = 2
_MAX_PIXELS = 4000
_RULE_POINTS = 2
# Labels looked at on one page.
_MOST_TRIES = 20


@dataclass(frozen=True)
class Place:
    page: int
    box: tuple[float, float, float, float]


@dataclass
class Pages:
    """The pages of an open document, as text and as ink, each made once; remembers the places given away."""

    document: object
    units: list[float]
    _texts: dict = field(default_factory=dict)
    _sheets: dict = field(default_factory=dict)

    def text(self, index):
        if index not in self._texts:
            textpage = self.document[index].get_textpage()
            plain = textpage.get_text_range()
            self._texts[index] = _Text(textpage) if re.search("[签章]", unicodedata.normalize("NFKC", plain)) else None
        return self._texts[index]

    def sheet(self, index):
        if index not in self._sheets:
            self._sheets[index] = _Sheet(self.document[index], self.units[index])
        return self._sheets[index]


def find(pages, role):
    """Return a Place for `role` and keep it from being given twice, or None where no words ask or none has room."""
    for pattern in _ANCHORS[role]:
        for index in reversed(range(len(pages.units))):
            text = pages.text(index)
            spans = text.matches(pattern, _NOT_THEIRS[role]) if text else []
            for start, end in reversed(spans[-_MOST_TRIES:]):
                sheet = pages.sheet(index)
                if room := sheet.room_beside([sheet.on_screen(text.box(i)) for i in range(start, end)]):
                    sheet.take(room)
                    return Place(index, sheet.on_page(room))
    return None


class _Text:
    """The printed characters of a page, without blanks, with their boxes."""

    def __init__(self, textpage):
        self._textpage = textpage
        self._indexes, characters = [], []
        for index in range(textpage.count_chars()):
            code = raw.FPDFText_GetUnicode(textpage, index)
            character = unicodedata.normalize("NFKC", chr(code)) if code < 0x110000 else ""
            if len(character) == 1 and character.isprintable() and not character.isspace():
                self._indexes.append(index)
                characters.append(character)
        self._characters = "".join(characters)

    def box(self, position):
        return self._textpage.get_charbox(self._indexes[position], loose=True)

    def matches(self, pattern, not_theirs):
        """Return the spans of labels; words inside a sentence and other parties' labels are none."""
        spans = [match.span() for match in pattern.finditer(self._characters)]
        return [span for span in spans if self._ends_a_label(*span) and not not_theirs.search(self._before(*span))]

    def _ends_a_label(self, start, end):
        if self._characters[end - 1] == ":" or end == len(self._characters):
            return True
        return not (self._characters[end].isalnum() and self._adjoin(end - 1, end))

    def _before(self, start, end):
        first = start
        while first > 0 and start - first < 16 and self._adjoin(first - 1, first):
            first -= 1
        return self._characters[first:end]

    def _adjoin(self, one, other):
        left, bottom, right, top = self.box(one)
        left2, bottom2, right2, top2 = self.box(other)
        reach = 0.6 * max(right - left, top - bottom)
        return left2 - right < reach and left - right2 < reach and bottom2 - top < reach and bottom - top2 < reach


class _Sheet:
    """A page as it is shown, in pixels from its top left corner."""

    def __init__(self, page, unit):
        self._page = page
        width, height = page.get_size()
        scale = min(_PIXELS_PER_POINT * unit, _MAX_PIXELS / max(width, height))
        image = page.render(scale=scale).to_pil().convert("L")
        self._ink = image.point(lambda level: 255 if level < 190 else 0)
        self._per_point = scale / unit

    def on_screen(self, box):
        corners = [self._convert(raw.FPDF_PageToDevice, ctypes.c_int, x, y) for x, y in (box[:2], box[2:])]
        return _ordered(*corners)

    def on_page(self, rectangle):
        left, top, right, bottom = rectangle
        ends = (left, bottom), (right, top)
        corners = [self._convert(raw.FPDF_DeviceToPage, ctypes.c_double, x, y) for x, y in ends]
        return tuple(round(value, 2) for value in _ordered(*corners))

    def take(self, rectangle):
        self._ink.paste(255, rectangle)

    def room_beside(self, characters):
        """Return a free rectangle right of the words, else below them, as large as there is room for."""
        left, right = min(box[0] for box in characters), max(box[2] for box in characters)
        top, bottom = min(box[1] for box in characters), max(box[3] for box in characters)
        for beside, sizes, over_rules in (
            (True, _SIZES, False),
            (True, _SIZES, True),
            (False, _SIZES, False),
            (True, [_SMALLEST], True),
        ):
            for width, height in ((round(w * self._per_point), round(h * self._per_point)) for w, h in sizes):
                gap = round(_GAP * self._per_point)
                if beside:
                    corners = [(right + gap, (top + bottom - height) // 2 + shift) for shift in _shifts(height)]
                else:
                    corners = [(left, bottom + gap)]
                for x, y in corners:
                    if self._is_free((x, y, x + width, y + height), over_rules):
                        return x, y, x + width, y + height
        return None

    def _is_free(self, rectangle, over_rules):
        air = round(_AIR * self._per_point)
        left, top, right, bottom = rectangle[0] - air, rectangle[1] - air, rectangle[2] + air, rectangle[3] + air
        margin = round(_MARGIN * self._per_point)
        if left < margin or top < margin:
            return False
        if right > self._ink.width - margin or bottom > self._ink.height - margin:
            return False
        crop = self._ink.crop((left, top, right, bottom))
        if crop.getbbox() is None:
            return True
        return over_rules and self._holds_rules_only(crop)

    def _holds_rules_only(self, crop):
        """Whether all ink is a line to write on: one thin row of ink across the whole rectangle."""
        rows = list(crop.resize((1, crop.height), resample=4).getdata())
        inked = [level for level in rows if level]
        return len(inked) <= _RULE_POINTS * self._per_point + 1 and min(inked) > 0.9 * 255

    def _convert(self, function, number, x, y):
        out_x, out_y = number(), number()
        function(self._page, 0, 0, self._ink.width, self._ink.height, 0, x, y, out_x, out_y)
        return out_x.value, out_y.value


def _shifts(height):
    return 0, -height // 4, height // 4, height * 2 // 5, -height // 2


def _ordered(one, other):
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])
