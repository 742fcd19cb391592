"""Draws the report on a document with reportlab: A4, lengths in points."""

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from html import escape

from django.utils import timezone
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from signing.check import links
from signing.evidence import facts
from signing.marks import fonts
from signing.marks.fonts import SANS, SERIF
from signing.models import Document

_MARGIN = 20 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_INK, _GREY, _RULE, _SHADE = map(HexColor, ("#1a1a1a", "#5c5c5c", "#9a9a9a", "#f2f3f4"))
_QR = 26 * mm

_style = partial(ParagraphStyle, textColor=_INK, wordWrap="CJK", fontName=SERIF)
_TITLE = _style("title", fontName=SANS, fontSize=19, leading=27, alignment=TA_CENTER)
_NAME = _style("name", fontSize=12, leading=18, alignment=TA_CENTER, spaceAfter=8)
_HEADING = _style("heading", fontName=SANS, fontSize=11.5, leading=17, spaceBefore=12, spaceAfter=4)
_BODY = _style("body", fontSize=9.5, leading=15)
_LABEL = _style("label", fontName=SANS, fontSize=8.5, leading=14, textColor=_GREY)
_SMALL = _style("small", fontSize=8.5, leading=13, textColor=_GREY)


def render(document: Document) -> bytes:
    """Return the report on a document as it is now, without a signature; built twice for "page x of y"."""
    fonts.register()
    made_at = timezone.localtime()
    pages = 0
    for _ in range(2):
        buffer = io.BytesIO()
        paper = SimpleDocTemplate(
            buffer,
            pagesize=A4,
            leftMargin=_MARGIN,
            rightMargin=_MARGIN,
            topMargin=18 * mm,
            bottomMargin=20 * mm,
            title=f"{document.title} 存证报告",
            author="办电 E 助手",
            subject=f"核验码 {document.code}",
            creator="办电 E 助手",
            lang="zh-CN",
            initialFontName=SERIF,
        )
        foot = partial(_foot, code=document.code, pages=pages)
        paper.build(list(_story(document, made_at)), onFirstPage=foot, onLaterPages=foot)
        pages = paper.page
    return buffer.getvalue()


def _story(document: Document, made_at: datetime) -> Iterator[Flowable]:
    yield Paragraph("电子签署存证报告", _TITLE)
    yield Paragraph(f"《{escape(document.title)}》", _NAME)
    yield _head(document, made_at)
    yield Paragraph("一、文件与版本", _HEADING)
    yield _table(facts.of_document(document))
    for number, (heading, rows) in enumerate(facts.of_revisions(document)):
        block = [Paragraph(escape(heading), _HEADING), _table(rows)]
        yield KeepTogether([Paragraph("二、各版本与签署", _HEADING), *block] if number == 0 else block)
    notes = [Paragraph(line, _BODY) for line in facts.NOTES]
    yield KeepTogether([Paragraph("三、说明", _HEADING), *notes])


def _head(document: Document, made_at: datetime) -> Table:
    address = links.address_of(document)
    code = QrCodeWidget(address, barWidth=_QR, barHeight=_QR, barBorder=0)
    picture = Drawing(_QR, _QR)
    picture.add(code)
    words = [
        Paragraph(f"核验码　{facts.grouped(document.code)}", _BODY),
        Paragraph(f"核验网址　{escape(address)}", _BODY),
        Paragraph(f"报告时间　{facts.moment(made_at)}", _BODY),
        Spacer(0, 4),
        Paragraph("扫描二维码，或在核验页面上传文件，可以核对原件与本报告是否真实、签署后有没有改动。", _SMALL),
    ]
    style = [("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("FONTNAME", (0, 0), (-1, -1), SANS)]
    return Table([[words, picture]], colWidths=[_WIDTH - _QR - 6 * mm, _QR + 6 * mm], style=style)


def _table(rows: Iterable[tuple[str, str]]) -> Table:
    cells = [[Paragraph(label, _LABEL), Paragraph(escape(value) or "—", _BODY)] for label, value in rows]
    style = [
        ("FONTNAME", (0, 0), (-1, -1), SANS),
        ("BOX", (0, 0), (-1, -1), 0.6, _RULE),
        ("INNERGRID", (0, 0), (-1, -1), 0.3, _RULE),
        ("BACKGROUND", (0, 0), (0, -1), _SHADE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return Table(cells, colWidths=[30 * mm, _WIDTH - 30 * mm], style=style)


def _foot(canvas: Canvas, paper: BaseDocTemplate, *, code: str, pages: int) -> None:
    canvas.saveState()
    canvas.setStrokeColor(_RULE)
    canvas.setLineWidth(0.4)
    canvas.line(_MARGIN, 16 * mm, A4[0] - _MARGIN, 16 * mm)
    canvas.setFont(SANS, 8)
    canvas.setFillColor(_GREY)
    canvas.drawString(_MARGIN, 11 * mm, f"办电 E 助手 · 存证报告 · {facts.grouped(code)}")
    canvas.drawRightString(A4[0] - _MARGIN, 11 * mm, f"第 {paper.page} 页　共 {pages} 页")
    canvas.restoreState()
