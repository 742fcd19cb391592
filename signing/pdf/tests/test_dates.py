"""Only what its reader sees as a date gets fields that signing fills: a number in other words was shown to nobody."""

import io

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from reportlab.pdfgen import canvas

from signing.marks import fonts
from signing.pdf.freeze import freeze

INVISIBLE = 3
BLANK = [(60, 640, "签订日期："), (260, 640, "年"), (400, 640, "月"), (460, 640, "日")]
# The year would stand between 人民币 and 元; in the last one 年 lies under 元 itself.
ELSEWHERE = [(60, 640, "签订日期："), (238, 700, "年"), (400, 640, "月"), (460, 640, "日")]
UNDER_A_SIGN = [(60, 700, "签订日期："), (260, 700, "年"), (400, 700, "月"), (460, 700, "日")]


def paper(blank, *, mode=0, white=False):
    fonts.register()
    stream = io.BytesIO()
    page = canvas.Canvas(stream, pagesize=(595, 842))

    def write(left, bottom, words, mode=0, grey=0.0):
        text = page.beginText(left, bottom)
        text.setFont(fonts.SERIF, 14)
        text.setTextRenderMode(mode)
        text.setFillGray(grey)
        text.textOut(words)
        page.drawText(text)

    write(60, 700, "违约金为人民币")
    write(260, 700, "元整")
    for left, bottom, words in blank:
        write(left, bottom, words, mode, float(white))
    page.showPage()
    write(60, 600, "客户签字：")
    page.save()
    return stream.getvalue()


def dates(data):
    fields = PdfFileReader(io.BytesIO(freeze(data, signers=["customer"]).data)).root["/AcroForm"]["/Fields"]
    names = [str(field.get_object()["/T"]) for field in fields]
    return [name for name in names if name.startswith("date-")]


def test_blank_that_is_seen_is_filled():
    assert dates(paper(BLANK)) == ["date-last-0-y", "date-last-0-m", "date-last-0-d"]


@pytest.mark.parametrize("blank", [BLANK, ELSEWHERE, UNDER_A_SIGN], ids=["line", "elsewhere", "under"])
@pytest.mark.parametrize("looks", [{"mode": INVISIBLE}, {"white": True}], ids=["invisible", "white"])
def test_blank_that_nobody_sees_is_filled_by_nothing(blank, looks):
    assert dates(paper(blank, **looks)) == []


def test_signs_in_several_lines_are_no_date():
    assert dates(paper(ELSEWHERE)) == []
