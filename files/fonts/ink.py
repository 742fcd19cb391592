"""Whether the text of a page can be seen as PDFium draws it."""

from collections.abc import Iterator

import pypdfium2
from PIL import Image
from pypdfium2 import raw

UNSEEN = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_DEPTH = 8  # of forms within forms


def is_blank(image: Image.Image) -> bool:
    """Whether a picture is of one colour."""
    extrema = image.getextrema()
    pairs = extrema if isinstance(extrema[0], tuple) else (extrema,)
    return all(low == high for low, high in pairs)


def has_text(page: pypdfium2.PdfPage) -> bool:
    """Whether a page shows text that is neither blanks nor meant to be invisible."""
    return any(map(_says_something, _texts(page)))


def font_without_ink(page: pypdfium2.PdfPage) -> str:
    """Return the name of a font without a file in which some text of a page leaves no ink; "" where there is none."""
    for text in _texts(page):
        font = text.get_font()
        if not raw.FPDFFont_GetIsEmbedded(font) and not _has_ink(text) and _says_something(text):
            return font.get_base_name() or "?"
    return ""


def _texts(page: pypdfium2.PdfPage) -> Iterator[pypdfium2.PdfTextObj]:
    textpage = page.get_textpage()
    for text in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=_DEPTH, textpage=textpage):
        if raw.FPDFTextObj_GetTextRenderMode(text) not in UNSEEN:
            yield text


def _has_ink(text: pypdfium2.PdfTextObj) -> bool:
    left, bottom, right, top = text.get_bounds()
    return right > left and top > bottom


def _says_something(text: pypdfium2.PdfTextObj) -> bool:
    try:
        return any(letter.isprintable() and not letter.isspace() for letter in text.extract())
    except UnicodeDecodeError:  # PDFium has no text for codes of four bytes
        return True
