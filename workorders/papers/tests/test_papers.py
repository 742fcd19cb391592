import io
import re
from datetime import date

import pypdf
import pypdfium2
import pytest
from django.utils import timezone
from reportlab.lib.units import mm

from signing.marks.fonts import register
from signing.pdf import intake
from signing.pdf.freeze import freeze, lay_out
from workorders import papers
from workorders.enums import PaperKind, Stage
from workorders.models import Application, Attachment, SupplyPlan, Transformer, WorkOrder
from workorders.papers.clauses import CHAPTERS
from workorders.papers.lines import Style, break_lines, measure

PLAN = {
    "capacity": 1600, "voltage": 10, "supply_mode": "single", "source": "演示变电站 10 kV 演示线",
    "demarcation": "环网柜出线电缆终端头", "metering": "high_high", "tariff": "two_part", "power_factor": "0.90",
    "fees": "",
}  # fmt: skip
FLAGS = {"needs_design_review": True, "needs_mid_inspection": False, "suggested_connection_on": date(2027, 3, 15)}
OPINION = {"verdict": "fail", "remarks": "接地电阻偏大。\n请核对。", "mend_by": date(2026, 12, 31)}
DATA = {
    PaperKind.SUPPLY_PLAN: PLAN | FLAGS,
    PaperKind.DESIGN_OPINION: OPINION,
    PaperKind.MID_NOTICE: OPINION,
    PaperKind.COMPLETION_OPINION: OPINION,
    PaperKind.CONTRACT: {"contract_number": "GY-1", "term_years": 3, "sign_place": "杭州市"},
}
SIGNING_WORDS = {
    PaperKind.SUPPLY_PLAN: "客户签字（盖章）：",
    PaperKind.CONTRACT: "用电人（签字/盖章）：",
    "request": "申请人签字：",
}
ALL = [*PaperKind, "request"]
# Rare characters in and beyond the fonts, markup, control and direction marks, an emoji.
HOSTILE = "<b>㛃&amp;䶮</b><para>𬱖𠮷👍\x00\x07\u202e\ufe0f & 接地电阻 ABC-12 kVA，" * 80


@pytest.fixture
def order(customer, manager, area):
    """An accepted order with its plan and one round of every stage, written without the flow."""
    order = WorkOrder.objects.create(
        customer=customer, manager=manager, service_area=area, number="261123000001", account_number="7261123000001",
        application_number="SQ261120000001", submitted_at=timezone.now(),
    )  # fmt: skip
    application = Application.objects.create(
        order=order, company="演示㛃精密制造有限公司", credit_code="91330100MABCDEF10F", region="330106",
        address="演示路88号", usage_category="large_industry", industry="C", has_transformer=True,
        applied_capacity=1600, voltage=10, supply_mode="single", load_grade="third", handler_name="演示经办",
        handler_id_number="890102198506150015",
    )  # fmt: skip
    Transformer.objects.create(application=application, capacity=800, count=2)
    SupplyPlan.objects.create(order=order, **PLAN)
    for stage in (Stage.DESIGN, Stage.MID, Stage.COMPLETION):
        hand_in(order, stage)
    return order


def hand_in(order, stage, number=1, **fields):
    submission = order.submissions.create(stage=stage, round=number, submitted_at=timezone.now(), **fields)
    for kind in stage.kinds:
        name = f"第{number}轮{kind.label}.pdf"
        Attachment.objects.create(
            submission=submission, kind=kind, original_name=name, size=1, uploaded_by=order.customer
        )
    return submission


def make(kind, order, **changes):
    if kind == "request":
        return papers.make_completion_request(order, order.submissions.get(stage=Stage.COMPLETION))
    return papers.make(kind, order, DATA[kind] | changes)


_of_the_fixture = {}


def plain(kind, order):
    """Return the paper of the order as the fixture makes it, written out once for all tests that only read it."""
    if kind not in _of_the_fixture:
        _of_the_fixture[kind] = make(kind, order)
    return _of_the_fixture[kind]


def text_of(pdf):
    """Return the text without blanks: lines end where the paper's width ends them."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


@pytest.mark.parametrize("kind", ALL)
def test_paper_names_parties_and_order(order, kind):
    pdf = plain(kind, order)

    text = text_of(pdf)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    for words in (order.service_area.company, order.application.company, order.number, "浙江省杭州市西湖区演示路88号"):
        assert words in text
    assert reader.metadata.author == order.service_area.company
    assert order.number in reader.metadata.subject
    assert f"第{len(reader.pages)}页共{len(reader.pages)}页" in text
    assert "890102198506150015" not in text


@pytest.mark.parametrize("kind", ALL)
def test_every_font_is_embedded(order, kind):
    reader = pypdf.PdfReader(io.BytesIO(plain(kind, order)))

    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in fonts)


@pytest.mark.parametrize("kind", ALL)
def test_customer_signs_last_in_free_room(order, kind):
    pdf = plain(kind, order)
    words = SIGNING_WORDS.get(kind, "客户签收（签字）：")

    with pypdfium2.PdfDocument(pdf) as document:
        last = len(document) - 1
        page = document[last].get_textpage()
        start = page.get_text_range().rindex(words)
        after = page.get_text_range()[start + len(words) :]
        x0, y0, *_ = page.get_charbox(start)
        below = page.get_text_bounded(x0, y0 - 28 * mm, x0 + 60 * mm, y0 - 1)
    assert not re.search("签字|签收|盖章|签章|签名|用电人", after)
    assert not below.strip()

    field = freeze(intake.admit(pdf).content, signers=["customer"]).fields[0]
    x0, y0, x1, y1 = field.box
    assert (field.page, round(x1 - x0), round(y1 - y0)) == (last, 150, 54)


@pytest.mark.parametrize("kind", PaperKind)
def test_a_seal_of_42_mm_has_free_room_in_both_parties_boxes(order, kind):
    pdf, sealed = plain(kind, order), ("supplier", *(["customer"] if kind == PaperKind.CONTRACT else []))

    layout = lay_out(intake.admit(pdf).content, signers=("supplier", "customer"), sealed=sealed)

    assert not layout.has_sheet
    with pypdfium2.PdfDocument(pdf) as document:
        for role in sealed:
            page, *fractions = layout.places[role]
            width, height = layout.pages[page]
            x0, y0, x1, y1 = (part * side for part, side in zip(fractions, (width, height) * 2, strict=True))
            least = 120 if kind != PaperKind.CONTRACT else 240
            assert (x1 - x0, y1 - y0) >= (least, 119)
            assert y1 - y0 >= 119.1
            assert not document[page].get_textpage().get_text_bounded(x0, height - y1, x1, height - y0).strip()


@pytest.mark.parametrize("kind", PaperKind)
def test_the_check_code_has_room_on_the_last_page(order, kind):
    address = ("23456789ABCDEFGH", "https://example.com/check/23456789ABCDEFGH/")

    frozen = freeze(intake.admit(plain(kind, order)).content, signers=("supplier", "customer"), check=address)

    assert "核验码 2345 6789 ABCD EFGH" in pypdf.PdfReader(io.BytesIO(frozen.data)).pages[-1].extract_text()


@pytest.mark.parametrize("kind", [PaperKind.SUPPLY_PLAN, PaperKind.DESIGN_OPINION])
def test_hostile_remarks_are_printed_as_they_are(order, kind):
    pdf = make(kind, order, remarks=HOSTILE[:2000])

    text = text_of(pdf)
    assert "<b>㛃&amp;䶮</b><para>𬱖" in text
    assert text.rindex(SIGNING_WORDS.get(kind, "客户签收（签字）：")) > text.rindex("接地电阻")


@pytest.mark.parametrize("remarks", ["，" * 2000, "A" * 2000, "改\n" * 1000, "\x00\n ", ""])
def test_odd_remarks_do_not_break_the_page(order, remarks):
    assert "客户签收（签字）：" in text_of(make(PaperKind.MID_NOTICE, order, remarks=remarks))


def test_opinion_lists_its_own_round_and_tells_until_when_to_mend(order):
    hand_in(order, Stage.DESIGN, 2)

    text = text_of(make(PaperKind.DESIGN_OPINION, order, round=2))

    assert "第2轮工程设计文件及说明.pdf" in text
    assert "第1轮" not in text
    assert "□同意■不同意" in text
    assert "请于2026年12月31日前完成整改，并在线提交第3次送审" in text


def test_passed_opinion_asks_for_no_mending(order):
    text = text_of(make(PaperKind.COMPLETION_OPINION, order, verdict="pass", mend_by=None))

    assert "■合格□不合格" in text
    assert "整改期限" not in text


def test_contract_has_every_chapter_and_the_chosen_basic_charge(order):
    hand_in(order, Stage.COMPLETION, 2, basic_charge="contract_demand", contract_demand=900)

    text = text_of(make(PaperKind.CONTRACT, order))

    assert all(text.count(title) >= 2 for title in CHAPTERS)
    assert "合同最大需量为900kW" in text
    assert "890102********0015" in text
    assert "{" not in text


def test_contract_of_a_customer_without_transformer_on_one_part_tariff(order):
    order.application.transformers.all().delete()
    order.plan.tariff = "one_part"

    text = text_of(make(PaperKind.CONTRACT, order))

    assert "不安装变压器" in text
    assert "执行单一制电价" in text


def test_lines_keep_units_whole_and_marks_off_the_line_starts():
    register()
    style, width = Style(size=10), 103
    text = "核定容量1600\u00a0kVA，供电电压（10\u00a0kV）；功率因数0.90。" * 5

    lines = [line for line, _ in break_lines(text, style, width)]

    assert "".join(lines) == text
    assert all(measure(line, style) <= width + 0.01 for line in lines)
    assert not [line for line in lines if line[0] in "，；）。" or line.endswith("（")]
    assert sum("1600\u00a0kVA" in line for line in lines) == 5
