"""The page for signing that is added to a paper which has no place of its own for it."""

import io
from collections.abc import Collection, Iterable

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from signing.enums import Role
from signing.marks import fonts
from signing.pdf.geometry import Box

_LEFT, _RIGHT = 85, A4[0] - 85
_BOX, _SEALED_BOX = (170, 62), (250, 124)
_INK, _PALE = HexColor("#1f2733"), HexColor("#8a94a3")


def make(roles: Iterable[str], *, title: str, pages: int, sealed: Collection[str] = ()) -> tuple[bytes, dict[str, Box]]:
    """Return (the PDF of one A4 page, the box of each role in points from the lower left corner).

    The boxes of the roles that are `sealed` have room for a seal beside the handwriting.
    """
    sans, serif = fonts.register()
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, initialFontName=sans, initialFontSize=11)
    y = A4[1] - 120
    canvas.setFillColor(_INK)
    canvas.setFont(serif, 24)
    canvas.drawCentredString(A4[0] / 2, y, "签 署 页")
    name = f"《{title}》" if title else "本文件"
    y -= 56
    text = f"本页是{name}的一部分。签署方在此签字，表示已阅读并认可本页之前的全部 {pages} 页内容。"
    canvas.setFont(sans, 11)
    for line in simpleSplit(text, sans, 11, _RIGHT - _LEFT):
        canvas.drawString(_LEFT, y, line)
        y -= 20
    boxes: dict[str, Box] = {}
    for role in roles:
        width, height = _SEALED_BOX if role in sealed else _BOX
        y -= 40 + height
        boxes[role] = (_LEFT + 110, y, _LEFT + 110 + width, y + height)
        canvas.setFont(sans, 12)
        canvas.setFillColor(_INK)
        canvas.drawString(_LEFT, y + 4, Role(role).line + "：")
        canvas.setStrokeColor(_PALE)
        canvas.setLineWidth(0.6)
        canvas.line(boxes[role][0] - 6, y - 2, boxes[role][2] + 6, y - 2)
    canvas.setFont(sans, 8.5)
    canvas.setFillColor(_PALE)
    canvas.drawCentredString(A4[0] / 2, 60, "原文件没有留出签字位置，本页由办电 E 助手在签发时添加。")
    canvas.save()
    return stream.getvalue(), boxes
