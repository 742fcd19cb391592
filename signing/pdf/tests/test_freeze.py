import io

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String
from reportlab.lib.pagesizes import A4

from signing.pdf.freeze import freeze
from signing.tests import making


def place(lines, *, roles=("customer",), **options):
    """Return {role: (page, left, bottom, right, top)} for a paper with these lines."""
    frozen = freeze(making.paper(lines, **options), signers=roles)
    return {field.role: (field.page, *field.box) for field in frozen.fields}


def text_of(data, page=-1):
    with pypdfium2.PdfDocument(data) as document:
        return document[page % len(document)].get_textpage().get_text_range()


@pytest.mark.parametrize(
    "label",
    [
        "客户签收：",
        "客户签字（盖章）：",
        "客户签名(单位盖章)：",
        "经办人签名（单位盖章）",
        "申请人签字：",
        "用电人（签字或盖章）：",
        "客 户 签 收 :",
        "法定代表人(负责人)或授权代理人(签字)",
        "盖章：____________",
    ],
)
def test_the_field_stands_right_of_the_words(label):
    page, left, bottom, right, top = place([(70, 700, "正文"), (70, 300, label)])["customer"]

    assert page == 0
    assert 100 < left < 300
    assert bottom < 310 < top
    assert (right - left, top - bottom) == pytest.approx((150, 54), abs=0.2)


def test_the_customers_words_win_over_general_ones_and_the_last_over_the_first():
    lines = [(70, 700, "客户签收："), (70, 500, "客户签收："), (70, 300, "签字：")]

    _, _, bottom, _, top = place(lines)["customer"]

    assert bottom < 505 < top


def test_the_last_page_that_asks_wins():
    assert place(making.ANCHORED, pages=3)["customer"][0] == 2


def test_words_in_a_sentence_ask_for_nothing():
    lines = [(70, 700, "客户签字后生效，请在签收前核对；签收日期：2026 年"), (70, 300, "签字：")]

    assert place(lines)["customer"][2] < 305


def test_the_suppliers_place_is_not_the_customers():
    lines = [(70, 300, "客户（签字）："), (70, 200, "供电企业（盖章）："), (70, 120, "客户经理签字：")]

    boxes = place(lines, roles=("customer", "supplier"))

    assert boxes["customer"][2] < 305 < boxes["customer"][4]
    assert boxes["supplier"][2] < 205 < boxes["supplier"][4]


def draw_row(canvas):
    """A table row with a second cell, as forms have it."""
    for x0, y0, x1, y1 in ((60, 330, 535, 330), (60, 290, 535, 290), (60, 290, 60, 330), (535, 290, 535, 330)):
        canvas.line(x0, y0, x1, y1)
    canvas.line(300, 290, 300, 330)
    canvas.drawString(310, 305, "签收日期：")


def test_the_field_stays_in_its_cell():
    _, left, bottom, right, top = place([(70, 305, "客户签收：")], draw=draw_row)["customer"]

    assert 120 < left < right <= 300
    assert 290 <= bottom < top <= 330


def test_below_is_taken_where_the_line_is_full():
    _, left, _, _, top = place([(70, 300, "客户签收："), (130, 300, "已印好的内容" * 7)])["customer"]

    assert left == pytest.approx(70, abs=2)
    assert top < 300


def test_a_page_for_signing_is_added_where_no_words_ask():
    data = making.paper([(70, 700, "只有正文")])

    frozen = freeze(data, signers=("customer", "supplier"), title="供电方案")

    assert [field.page for field in frozen.fields] == [1, 1]
    added = text_of(frozen.data)
    assert "《供电方案》" in added
    assert "客户签字：" in added
    assert "供电企业签章：" in added
    assert "只有正文" in text_of(frozen.data, 0)


def test_a_page_for_signing_is_added_where_there_is_no_room():
    rows = [(20, y, "签字：" * 17) for y in range(10, 840, 11)]

    assert place(rows)["customer"][0] == 1


@pytest.mark.parametrize("signers", [(), ("customer", "customer"), ("stranger",)])
def test_signers_are_different_known_roles(signers):
    with pytest.raises(ValueError, match=r"signers|stranger"):
        freeze(making.paper(), signers=signers)


def armed():
    def arm(pdf):
        script = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
        pdf.Root.OpenAction = script
        pdf.Root.AA = Dictionary(WC=script)
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["x", script])))
        pdf.attachments["a.exe"] = b"MZ"
        page = pdf.pages[0]
        page.obj.AA = Dictionary(O=script)
        links = [
            Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
            for action in (
                Dictionary(S=Name.URI, URI="http://example.com"),
                Dictionary(S=Name.Launch, F="a.exe"),
                Dictionary(S=Name.GoTo, D=Array([page.obj, Name.Fit])),
            )
        ]
        page.obj.Annots = Array([pdf.make_indirect(link) for link in links])
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("go", action=Dictionary(S=Name.Launch, F="a.exe")))

    return making.edited(making.paper(), arm)


def test_everything_that_acts_is_taken_out():
    frozen = freeze(armed(), signers=("customer",))

    with pikepdf.open(io.BytesIO(frozen.data)) as pdf:
        everything = b"".join(
            item.unparse(resolved=True) for item in pdf.objects if not isinstance(item, pikepdf.Stream)
        )
        kinds = [mark.Subtype for mark in pdf.pages[0].obj.Annots]
    for word in (b"JavaScript", b"Launch", b"URI", b"OpenAction", b"EmbeddedFile"):
        assert word not in everything
    assert kinds == [Name.Link, Name.Widget]


def form(*, stale):
    def add(pdf):
        box = pdf.make_stream(
            b"0 0 1 rg 0 0 90 20 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 90, 20])
        )
        fields = [
            Dictionary(
                FT=Name.Tx, T="name", V="示例机械有限公司", DA="/Helv 11 Tf 0 g", Rect=Array([100, 600, 300, 620])
            ),
            Dictionary(FT=Name.Tx, T="drawn", V="旧", Rect=Array([100, 550, 190, 570]), AP=Dictionary(N=box)),
            Dictionary(FT=Name.Sig, T="old", Rect=Array([100, 500, 300, 520])),
            Dictionary(FT=Name.Btn, T="yes", V=Name.Yes, AS=Name.Yes, Rect=Array([100, 450, 115, 465])),
            Dictionary(FT=Name.Btn, T="no", V=Name.Off, AS=Name.Off, Rect=Array([130, 450, 145, 465])),
            Dictionary(
                FT=Name.Ch,
                T="city",
                V=String("4403"),
                Rect=Array([100, 400, 300, 420]),
                Opt=Array([Array([String("4401"), String("广州")]), Array([String("4403"), String("深圳")])]),
            ),
        ]
        for field in fields:
            field.Subtype, field.Type, field.F = Name.Widget, Name.Annot, 4
        fields = Array([pdf.make_indirect(field) for field in fields])
        pdf.pages[0].obj.Annots = fields
        pdf.Root.AcroForm = Dictionary(Fields=fields, NeedAppearances=stale)

    return making.edited(making.paper(), add)


@pytest.mark.parametrize("stale", [True, False])
def test_form_fields_become_part_of_the_page(stale):
    frozen = freeze(form(stale=stale), signers=("customer",))

    with pikepdf.open(io.BytesIO(frozen.data)) as pdf:
        assert [field.T for field in pdf.Root.AcroForm.Fields] == ["customer"]
    text = text_of(frozen.data)
    assert "示例机械有限公司" in text
    assert ("旧" in text) == stale
    assert text.count("✓") == 1
    assert ("深圳" in text, "4403" in text) == (True, False)


def test_a_scan_without_text_gets_a_page_for_signing():
    scan = making.paper([], draw=lambda canvas: canvas.rect(0, 0, *A4, fill=1))

    assert freeze(scan, signers=("customer",)).fields[0].page == 1
