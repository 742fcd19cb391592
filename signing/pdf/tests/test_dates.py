"""Only what its reader sees as a date gets fields that signing fills: a number in other words was shown to nobody."""

import io

import pikepdf
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


def paper(blank, *, mode=0, white=False, over=None, font=fonts.SERIF):
    """Return a PDF of two pages with a blank on the first; over(page) paints on top of it."""
    fonts.register()
    stream = io.BytesIO()
    page = canvas.Canvas(stream, pagesize=(595, 842))

    def write(left, bottom, words, mode=0, grey=0.0):
        text = page.beginText(left, bottom)
        text.setFont(font, 14)
        text.setTextRenderMode(mode)
        text.setFillGray(grey)
        text.textOut(words)
        page.drawText(text)

    write(60, 700, "违约金为人民币")
    write(260, 700, "元整")
    for left, bottom, words in blank:
        write(left, bottom, words, mode, float(white))
    if over:
        over(page)
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


def whiten(*boxes):
    def over(page):
        page.setFillGray(1)
        for left, bottom, width, height in boxes:
            page.rect(left, bottom, width, height, stroke=0, fill=1)

    return over


def amount(page):
    """Paint the whole blank over, with an amount on top: 人民币 元 角 分."""
    whiten((55, 630, 440, 26))(page)
    page.setFillGray(0)
    page.setFont(fonts.SERIF, 14)
    for left, words in ((60, "人民币："), (260, "元"), (400, "角"), (460, "分")):
        page.drawString(left, 640, words)


def shapes(page):
    """Paint a sign over and draw a bar in its place: there is ink, but no 年."""
    whiten((258, 634, 18, 20))(page)
    page.setFillGray(0)
    page.rect(260, 638, 13, 11, stroke=0, fill=1)


HIDDEN = {
    "white": whiten((55, 630, 440, 26)),
    "the year": whiten((258, 634, 18, 20)),
    "all but a trace": whiten((258, 639, 18, 20)),
    "the words": whiten((58, 634, 72, 20)),
    "an amount": amount,
    "a bar": shapes,
    "a number stands there": lambda page: page.rect(215, 638, 30, 11, stroke=0, fill=1),
}


@pytest.mark.parametrize("over", HIDDEN.values(), ids=HIDDEN)
def test_sg_25_what_is_painted_over_is_no_date(over):
    assert dates(paper(BLANK, over=over)) == []


@pytest.mark.parametrize("font", [fonts.SANS, fonts.SERIF])
def test_sg_25_line_to_write_on_leaves_a_date_a_date(font):
    def rules(page):
        page.setLineWidth(0.7)
        for left, right in ((200, 258), (310, 398), (420, 458)):
            page.line(left, 638, right, 638)

    assert len(dates(paper(BLANK, over=rules, font=font))) == 3


def test_sg_25_font_that_calls_a_unit_of_money_a_year_makes_no_date():
    money = paper([(60, 640, "签订日期："), (260, 640, "元"), (400, 640, "角"), (460, 640, "分")])
    names = {sign: f"{ord(sign):04X}" for sign in "元角分年月日"}
    lies = dict(zip("元角分", "年月日", strict=True))
    with pikepdf.open(io.BytesIO(money)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and b"begincmap" in (said := thing.read_bytes()):
                for sign, lie in lies.items():
                    said = said.replace(f"<{names[sign]}>".encode(), f"<{names[lie]}>".encode())
                thing.write(said)
        stream = io.BytesIO()
        pdf.save(stream)

    assert dates(stream.getvalue()) == []
