"""Dates that the act of signing fills in: blanks like 签订日期：　　年　月　日 get a field for each of their numbers.

A blank belongs to the party that signs above it; one on a page where nobody signs, such as a cover, to whoever
signs last. Only what is seen as a date is one: signs that nobody sees, or that look otherwise, would put a number into
other words, after it was shown. The fields cannot be typed into, and an update that fills them is one of signing
(signing.marks.dating).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import pypdfium2
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from signing.marks import dating, painting
from signing.pdf import anchors, seen
from signing.pdf.anchors import Pages, Place, Text
from signing.pdf.free_space import Rectangle, Sheet
from signing.pdf.geometry import Box

_BLANK = re.compile(r"(?:签[订署字收])?日期:?年月日")
# 批准日期 and the like are none of the signer's.
_OTHERS = re.compile(r"^(?!(?:签[订署字收])?日期:?年月日$)")
# The room of a number in the height of the letters beside it: four digits, and two.
_WIDEST = {"y": 3.2, "m": 2.2, "d": 2.2}
_READ_ONLY, _PRINTED = 1, 4
_MOST = 20  # on one page


def append(writer: BasePdfFileWriter, data: bytes, places: Mapping[str, anchors.Place], units: list[float]) -> None:
    """Add the fields of every blank of the PDF `data`, which `writer` extends; `places` are where the parties sign."""
    with pypdfium2.PdfDocument(data) as document:
        pages = anchors.Pages(document, units)
        for number, (index, owner, parts) in enumerate(_blanks(document, pages, places)):
            for part, box in parts.items():
                _add(writer, index, dating.name_of(owner, number, part), box)


def _blanks(
    document: pypdfium2.PdfDocument, pages: Pages, places: Mapping[str, Place]
) -> Iterator[tuple[int, str, dict[str, Box]]]:
    for index in range(len(pages.units)):
        text = pages.text(index)
        if text is None or document[index].get_rotation():
            continue
        for start, end in text.matches(_BLANK, _OTHERS)[:_MOST]:
            signs = [text.box(position) for position in range(start, end)]
            if not (_is_one_line(signs) and all(map(text.is_printed, range(start, end)))):
                continue
            owner, parts = _owner(index, signs, places), _parts(*signs[-4:])
            if owner and parts and _is_seen(text, pages.sheet(index), range(start, end), parts.values()):
                yield index, owner, parts


def _is_seen(text: Text, sheet: Sheet, positions: Iterable[int], parts: Iterable[Box]) -> bool:
    """Whether the page shows the words of a blank where they are read, and nothing where its numbers come."""
    return all(sheet.is_blank(_inner(sheet.on_screen(box))) for box in parts) and all(
        seen.shows(sheet.ink(_outer(sheet.on_screen(text.bounds(position)))), text.sign(position))
        for position in positions
        if text.sign(position) != ":"
    )


def _outer(rectangle: Rectangle) -> Rectangle:
    left, top, right, bottom = rectangle
    return left - 1, top - 1, right + 1, bottom + 1


def _inner(rectangle: Rectangle) -> Rectangle:
    """Leave out the edges, which the letters beside a gap may touch."""
    left, top, right, bottom = rectangle
    return left + 2, top + 1, right - 2, bottom - 1


def _is_one_line(signs: Sequence[Box]) -> bool:
    """Whether a blank reads as one, from left to right: a sign elsewhere would put a number into other words."""
    pairs = list(pairwise(signs))
    heights = [top - bottom for _, bottom, _, top in signs]
    return max(heights) < 2 * min(heights) and all(
        right[0] >= left[2] - 0.3 * heights[0] and min(left[3], right[3]) - max(left[1], right[1]) > 0.5 * min(heights)
        for left, right in pairs
    )


def _owner(index: int, signs: Sequence[Box], places: Mapping[str, Place]) -> str | None:
    """Return the role that signs next above a blank, LAST where nobody signs on the page; else None."""
    here = {role: place.box for role, place in places.items() if place.page == index}
    if not here:
        return dating.LAST
    left, right, top = min(box[0] for box in signs), max(box[2] for box in signs), max(box[3] for box in signs)
    above = {
        role: bottom - top
        for role, (x0, bottom, x1, y1) in here.items()
        if y1 > top and bottom > top - (y1 - bottom) and x0 < right and left < x1
    }
    return min(above, key=lambda role: abs(above[role]), default=None)


def _parts(before: Box, year: Box, month: Box, day: Box) -> dict[str, Box] | None:
    """Return the boxes of the three numbers; None where the words leave no room for them."""
    found = {}
    for part, left, right in (("y", before, year), ("m", year, month), ("d", month, day)):
        height = right[3] - right[1]
        start = max(left[2], right[0] - _WIDEST[part] * height)
        if right[0] - start < 0.8 * height:
            return None
        found[part] = (start, right[1], right[0], right[3])
    return found


def _add(writer: BasePdfFileWriter, index: int, name: str, box: Box) -> None:
    page = writer.find_page_for_modification(index)[0]
    field = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Tx"),
            pdf_name("/T"): generic.pdf_string(name),
            pdf_name("/TU"): generic.pdf_string("签订日期"),
            pdf_name("/F"): generic.NumberObject(_PRINTED),
            pdf_name("/Ff"): generic.NumberObject(_READ_ONLY),
            pdf_name("/DA"): generic.pdf_string("0 g"),
            pdf_name("/Rect"): painting.numbers(*box),
            pdf_name("/P"): page,
        }
    )
    reference = writer.add_object(field)
    writer.register_annotation(page, reference)
    form = writer.root["/AcroForm"]
    form["/Fields"].append(reference)
    writer.update_container(form["/Fields"])
