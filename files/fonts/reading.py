"""Asks PDFium what the codes of a font mean, and how wide they are: it knows those of China, Japan and Korea."""

import ctypes
import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
import pypdfium2
from pikepdf import Dictionary
from pypdfium2 import raw

from files.fonts.usage import Used

# Points: of the letters, from one code to the next, and of the page that they stand on.
_SIZE, _STEP, _SIDE = 10, 60, 12_000
_ACROSS = _SIDE // _STEP


@dataclass(frozen=True)
class Meaning:
    """What a code stands for, empty where that is unknown, and its advance in thousandths of an em."""

    text: str
    width: float


def meanings(fonts: list[Used]) -> list[dict[bytes, Meaning]]:
    """Return, for each of the fonts, the Meaning of each of its codes."""
    pdf = pikepdf.new()
    for used in fonts:
        page = pdf.add_blank_page(page_size=(_SIDE, _SIDE))
        page.obj.Resources = Dictionary(Font=Dictionary(F=pdf.copy_foreign(used.font)))
        # Twice in one string: PDFium leaves out what is alone and has neither ink nor width.
        lines = (
            b"BT /F %d Tf 1 0 0 1 %d %d Tm <%s> Tj ET" % (_SIZE, *_place(number), 2 * code.hex().encode())
            for number, code in enumerate(sorted(used.codes))
        )
        page.obj.Contents = pdf.make_stream(b"\n".join(lines))
    stream = io.BytesIO()
    pdf.save(stream)
    with pypdfium2.PdfDocument(stream.getvalue()) as document:
        return [_read(document[index], sorted(used.codes)) for index, used in enumerate(fonts)]


def _place(number: int) -> tuple[int, int]:
    return _STEP + _STEP * (number % (_ACROSS - 2)), _STEP + _STEP * (number // (_ACROSS - 2))


def _read(page: pypdfium2.PdfPage, codes: Sequence[bytes]) -> dict[bytes, Meaning]:
    textpage = page.get_textpage()
    places = {_place(number): code for number, code in enumerate(codes)}
    found = {code: Meaning("", 1000) for code in codes}
    x, y = ctypes.c_double(), ctypes.c_double()
    for index in range(textpage.count_chars()):
        raw.FPDFText_GetCharOrigin(textpage, index, x, y)
        code = places.get((round(x.value), round(y.value)))
        if code is None or raw.FPDFText_IsGenerated(textpage, index) == 1:
            continue
        is_known = raw.FPDFText_HasUnicodeMapError(textpage, index) == 0
        letter = chr(raw.FPDFText_GetUnicode(textpage, index)) if is_known else ""
        left, _, right, _ = textpage.get_charbox(index, loose=True)
        found[code] = Meaning(found[code].text + letter, (right - left) * 1000 / _SIZE)
    return {code: Meaning(_whole(code, it.text), it.width) for code, it in found.items()}


def _whole(code: bytes, text: str) -> str:
    """Return the text of a code; PDFium halves those of characters above U+FFFF, such as 𠮷."""
    if not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return code.decode("utf-16-be", "ignore") if len(code) == 4 else ""
