"""Invented files and handwriting, as customers hand them in."""

import io
import json
import math
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from signing.marks import fonts


def scribble() -> str:
    """Return handwriting as the pad sends it: two lively strokes."""
    wave = [[0.1 + 0.7 * t / 40, 0.5 + 0.3 * math.sin(t / 4) * math.exp(-t / 50), t * 12] for t in range(41)]
    sweep = [[0.2 + 0.6 * t / 25, 0.75 - 0.4 * (t / 25) ** 2, 600 + t * 10] for t in range(26)]
    return json.dumps({"width": 600, "height": 240, "strokes": [wave, sweep]})


def pdf(title: str, *, pages: int = 2) -> SimpleUploadedFile:
    """Return a small real PDF with embedded Chinese type, as an upload."""
    return SimpleUploadedFile(f"{title}.pdf", _drawing(title, pages), "application/pdf")


@cache
def _drawing(title, pages):
    fonts.register()
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, initialFontName=fonts.SANS)
    for number in range(1, pages + 1):
        canvas.setFont(fonts.SANS, 20)
        canvas.drawString(72, 740, f"{title}（演示）")
        canvas.setFont(fonts.SANS, 11)
        canvas.drawString(72, 700, f"第 {number} 页，内容为演示数据，不作他用。")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def photo(title: str) -> SimpleUploadedFile:
    """Return a JPEG as a phone would take it of a paper."""
    return SimpleUploadedFile(f"{title}.jpg", _paper(), "image/jpeg")


@cache
def _paper() -> bytes:
    image = Image.new("RGB", (1200, 900), "#e8ece9")
    draw = ImageDraw.Draw(image)
    draw.rectangle((80, 80, 1120, 820), outline="#0a5d52", width=8)
    for line in range(8):
        draw.line((160, 220 + 60 * line, 1040 - 90 * (line % 3), 220 + 60 * line), fill="#8aa39c", width=10)
    return _jpeg(image)


def trench(title: str) -> SimpleUploadedFile:
    """Return a JPEG of a drawn cable trench that runs to a building."""
    image = Image.new("RGB", (1200, 900), "#c9dbe6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 330, 1200, 900), fill="#9c8464")
    draw.rectangle((330, 130, 900, 350), fill="#d8d4c8")
    for left in range(370, 860, 130):
        draw.rectangle((left, 180, left + 70, 250), fill="#7f97a5")
    draw.polygon([(560, 350), (660, 350), (1010, 900), (190, 900)], fill="#5d4a35")
    draw.polygon([(585, 350), (635, 350), (850, 900), (350, 900)], fill="#3a2d20")
    for start, end, colour in ((596, 450, "#c8453a"), (610, 600, "#d9b23c"), (624, 750, "#4c8a54")):
        draw.polygon([(start - 2, 350), (start + 2, 350), (end + 22, 900), (end - 22, 900)], fill=colour)
    return SimpleUploadedFile(f"{title}.jpg", _jpeg(image.filter(ImageFilter.GaussianBlur(3))), "image/jpeg")


def _jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    return stream.getvalue()
