"""PDFs and pad data for the tests."""

import io
import json
import math
from functools import lru_cache

import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from signing.marks import fonts
from signing.pdf import intake

ANCHORED = ((70, 300, "客户签收："),)


def paper(lines=ANCHORED, *, size=A4, pages=1, draw=None):
    """Return a PDF with lines (x, y, text) on its last page; draw(canvas) adds to it."""
    return _paper(tuple(lines), size, pages, draw)


def admitted(lines=ANCHORED):
    """Return such a PDF as it is once it was admitted for signing: the tests of `issue` need not look at it again."""
    return _admitted(tuple(lines))


@lru_cache(maxsize=16)
def _admitted(lines):
    return intake.admit(paper(lines))


@lru_cache(maxsize=64)
def _paper(lines, size, pages, draw):
    stream = io.BytesIO()
    sans, _ = fonts.register()
    canvas = Canvas(stream, pagesize=size, initialFontName=sans)
    for _ in range(pages - 1):
        canvas.drawString(70, 700, "正文")
        canvas.showPage()
    canvas.setFont(sans, 11)
    for x, y, text in lines:
        canvas.drawString(x, y, text)
    if draw:
        draw(canvas)
    canvas.save()
    return stream.getvalue()


def edited(data, edit, **options):
    """Return a PDF after edit(pdf), saved with pikepdf's options."""
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        edit(pdf)
        pdf.save(stream, **options)
    return stream.getvalue()


def pad(strokes=None, *, width=600, height=240):
    """Return what the pad sends: by default a 王, which is neither a dot nor a line."""
    if strokes is None:
        lines = [(0.3, 0.2, 0.7, 0.2), (0.35, 0.5, 0.65, 0.5), (0.25, 0.85, 0.75, 0.85), (0.5, 0.2, 0.5, 0.85)]
        strokes = [_line(*ends, at=number * 400) for number, ends in enumerate(lines)]
    return json.dumps({"width": width, "height": height, "strokes": strokes})


def _line(x0, y0, x1, y1, *, at):
    steps = 24
    return [
        [
            round(x0 + (x1 - x0) * step / steps, 4),
            round(y0 + (y1 - y0) * step / steps + 0.01 * math.sin(step / 3), 4),
            at + step * 8,
            round(0.4 + 0.4 * math.sin(step / 8), 3),
        ]
        for step in range(steps + 1)
    ]
