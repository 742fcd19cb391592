"""The check code with its QR code, printed at the foot of a paper's last page where there is room for it."""

import io
from collections.abc import Iterable

import pikepdf
import segno
from reportlab.lib.colors import HexColor, black, white
from reportlab.pdfgen.canvas import Canvas

from signing.marks import fonts
from signing.pdf import stamping
from signing.pdf.free_space import Sheet
from signing.pdf.geometry import Display

# Points. The QR code with its quiet zone is 15 mm across, a module 0.35 mm: phones read that from paper.
_QR, _WIDTH = 43, 168
_FOOT, _STEP, _HIGHEST = 12, 6, 0.4
_SIDES = (62, 36)
_QUIET = 2


def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, sheet: Sheet, *, code: str, address: str) -> bool:
    """Draw the code on a page of an open PDF where the sheet shows nothing; return whether there was room."""
    display = Display.of(page.obj)
    corner = _free_corner(sheet, *display.size)
    if corner is None:
        return False
    with pikepdf.open(_made(code, address)) as source:
        form = stamping.drawing(pdf, source)
        stamping.stamp(page, form, at=corner, clip=(*corner, corner[0] + _WIDTH, corner[1] + _QR))
    return True


def _free_corner(sheet: Sheet, width: float, height: float) -> tuple[float, float] | None:
    """Return the lower left corner, in points on paper: as near to the foot as can be, left, right or in the middle."""
    across = [x for side in _SIDES for x in (side, width - side - _WIDTH)] + [(width - _WIDTH) / 2]
    for y in range(_FOOT, int(height * _HIGHEST), _STEP):
        for x in across:
            box = (x, height - y - _QR, x + _WIDTH, height - y)
            if sheet.is_free(tuple(round(value * sheet.per_point) for value in box)):
                return x, y
    return None


def _made(code: str, address: str) -> io.BytesIO:
    """Return a PDF of the block's size; its text is text, by which `signing.check.examination` finds the code."""
    sans, _ = fonts.register()
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(_WIDTH, _QR), initialFontName=sans)
    canvas.setFillColor(white)
    canvas.rect(0, 0, _WIDTH, _QR, stroke=0, fill=1)
    canvas.setFillColor(black)
    matrix = segno.make(address, error="m", micro=False).matrix
    module = _QR / (len(matrix) + 2 * _QUIET)
    path = canvas.beginPath()
    for row, modules in enumerate(matrix):
        for start, length in _runs(modules):
            path.rect((_QUIET + start) * module, _QR - (_QUIET + row + 1) * module, length * module, module)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#4a5361"))
    canvas.setFont(sans, 7.5)
    canvas.drawString(_QR + 4, 23, "核验码 " + " ".join(code[start : start + 4] for start in range(0, len(code), 4)))
    canvas.setFont(sans, 6.5)
    canvas.drawString(_QR + 4, 12, "扫码核验文件真伪和签署情况")
    canvas.save()
    stream.seek(0)
    return stream


def _runs(modules: Iterable[int]) -> list[tuple[int, int]]:
    """Return (start, length) of the dark runs of a row."""
    runs, start = [], None
    for place, dark in enumerate([*modules, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            runs.append((start, place - start))
            start = None
    return runs
