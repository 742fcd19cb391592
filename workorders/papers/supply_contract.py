"""《高压供用电合同》: cover, contents, chapters, signing page. Its prose is in `clauses`."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, Spacer, Table

from signing.marks.fonts import SANS
from workorders.enums import Industry, LoadGrade, Metering, PaperKind, SupplyMode, Tariff, UsageCategory, Voltage
from workorders.models import WorkOrder
from workorders.papers import clauses, particulars
from workorders.papers.blocks import parties, sheet
from workorders.papers.layout import BODY, INK, RULE, WIDTH, Outline, company_of, double_rule, render, table
from workorders.papers.lines import Style
from workorders.papers.text import Text
from workorders.papers.values import chinese, choice, day, given, quantity, yes_no

TITLE = PaperKind.CONTRACT.label

_NAME = Style(font=SANS, size=30, leading=44, align=TA_CENTER, spacing=5, weight=0.6)
_COVER = Style(size=12, leading=20)
_COVER_SHORT = Style(size=12, leading=20, spacing=6)  # three characters as wide as four
_CHAPTER = Style(font=SANS, size=14, leading=22, align=TA_CENTER, before=16, after=6, weight=0.3, keep_with_next=True)
_ARTICLE = Style(font=SANS, size=10.5, leading=17.5, before=5, after=1, weight=0.15, keep_with_next=True)
# By level: chapters and articles.
_CONTENTS = (Style(font=SANS, size=10.5, leading=16), Style(size=10, leading=15))
_PAGE = Style(size=10, leading=15, align=TA_RIGHT)
_PARTY = Style(size=12, leading=20)


def make(order: WorkOrder, data: Mapping[str, Any]) -> bytes:
    """Return the PDF; `data` holds contract_number, term_years (three unless given) and sign_place."""
    values = _values(order, data)

    def story(outline: Outline) -> list[Flowable]:
        return [
            *_cover(order, values),
            *_contents(outline),
            *(Text(line.format(**values), _PARTY) for line in clauses.PARTIES),
            Spacer(0, 6),
            Text(clauses.PREAMBLE, BODY),
            *_chapters(values, _tables(order)),
            *_signing_page(order, values),
        ]

    return render(story, title=TITLE, order=order, has_cover=True)


def _values(order: WorkOrder, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the placeholders of the clauses stand for; capacities in kVA, demand and own source in kW."""
    declared, plan, completion = order.application, order.plan, particulars.last_completion(order)
    basic, demand = (completion.basic_charge, completion.contract_demand) if completion else ("", None)
    basic = clauses.BASIC_CHARGES[basic].format(demand=quantity(demand, "kW")) + clauses.CHANGE_OF_METHOD
    own = bool(declared.own_generation)
    return {
        "number": given(data.get("contract_number") or order.number),
        "order_number": given(order.number),
        "supplier": company_of(order),
        "consumer": given(declared.company),
        "place": given(data.get("sign_place") or order.service_area.address),
        "term": data.get("term_years") or 3,
        "address": given(declared.full_address),
        "industry": choice(Industry, declared.industry),
        "category": choice(UsageCategory, declared.usage_category),
        "load_grade": choice(LoadGrade, declared.load_grade),
        "rank": yes_no(declared.is_critical, "重要客户", "普通客户"),
        "load_kind": yes_no(declared.nonlinear_load, "有非线性负荷", "无非线性负荷"),
        "capacity": quantity(plan.capacity, "kVA"),
        "voltage": choice(Voltage, plan.voltage),
        "supply_mode": choice(SupplyMode, plan.supply_mode),
        "source": given(plan.source).rstrip("。"),
        "demarcation": given(plan.demarcation).rstrip("。"),
        "own_generation": clauses.OWN_GENERATION[own].format(own_kw=quantity(declared.own_generation, "kW")),
        "power_factor": plan.power_factor,
        "tariff": clauses.TARIFFS[plan.tariff].format(basic=basic),
        "voltage_quality": clauses.VOLTAGE_QUALITY[plan.voltage >= Voltage.KV35],
        "phone": order.service_area.phone,
        "connection": day(completion.intended_connection_on if completion else order.suggested_connection_on),
    }


def _tables(order: WorkOrder) -> dict[str, Table]:
    plan = order.plan
    places: dict[str, str] = {Metering.HIGH_HIGH: "供电电压侧，产权分界处", Metering.HIGH_LOW: "受电变压器低压侧"}
    metering = ("1", places[plan.metering], choice(Metering, plan.metering), choice(Tariff, plan.tariff), "贸易结算")
    return {
        "{transformers}": particulars.transformer_table(order),
        "{metering}": sheet(("计量点", "计量点位置", "计量方式", "电价制度", "用途"), [metering], (1.2, 4, 2, 2, 2)),
    }


def _cover(order: WorkOrder, values: Mapping[str, Any]) -> list[Flowable]:
    rows = [("供电人", "supplier"), ("用电人", "consumer"), ("签订地点", "place")]
    cells = [
        [Text(label, _COVER_SHORT if len(label) == 3 else _COVER), Text(values[key], _COVER)] for label, key in rows
    ]
    cells.append([Text("签订日期", _COVER), Text("　　　　年　　月　　日", _COVER)])
    lines = [
        ("LINEBELOW", (1, 0), (1, -1), 0.5, INK),
        ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
        ("TOPPADDING", (0, 0), (-1, -1), 9),
    ]
    return [
        Text(f"合同编号：{values['number']}", Style(size=11, leading=18, align=TA_RIGHT)),
        Spacer(0, 60 * mm),
        Text(TITLE, _NAME),
        Spacer(0, 10),
        *double_rule(70 * mm),
        Spacer(0, 62 * mm),
        table(cells, colWidths=[24 * mm, 106 * mm], style=lines),
        PageBreak(),
    ]


def _contents(outline: Outline) -> list[Flowable]:
    """Return the contents; the first time, when nothing is known yet, an empty page as long as the later one."""
    rows: list[list[Text]] = []
    lines: list[tuple[object, ...]] = [("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.2)]
    for n, (label, level, page) in enumerate(outline):
        rows.append([Text("　　" * level + label, _CONTENTS[level]), Text(str(page), _PAGE)])
        if level == 0:
            lines += [("LINEBELOW", (0, n), (-1, n), 0.35, RULE), ("TOPPADDING", (0, n), (-1, n), 6)]
    head = Text("目　录", Style(font=SANS, size=16, leading=26, align=TA_CENTER, after=8, weight=0.3))
    return [head, *([table(rows, colWidths=[WIDTH * 0.74, WIDTH * 0.1], style=lines)] if rows else []), PageBreak()]


def _chapters(values: Mapping[str, Any], tables: Mapping[str, Table]) -> list[Flowable]:
    story: list[Flowable] = []
    numbers = count(1)
    for n, (title, articles) in enumerate(clauses.CHAPTERS.items(), 1):
        story.append(Text(f"第{chinese(n)}章　{title}", _CHAPTER, outline=0))
        for name, paragraphs in articles.items():
            story.append(Text(f"第{chinese(next(numbers))}条　{name}", _ARTICLE, outline=1))
            story += _paragraphs(paragraphs, values, tables)
    return story


def _paragraphs(paragraphs: Sequence[str], values: Mapping[str, Any], tables: Mapping[str, Table]) -> list[Flowable]:
    """Return an article's paragraphs, numbered where there are several; tables count for none."""
    story: list[Flowable] = []
    number, several = 0, sum(paragraph not in tables for paragraph in paragraphs) > 1
    for paragraph in paragraphs:
        if paragraph in tables:
            story += [Spacer(0, 3), tables[paragraph], Spacer(0, 7)]
        else:
            number += 1
            story.append(Text(f"{number}. " * several + paragraph.format(**values), BODY))
    return story


def _signing_page(order: WorkOrder, values: Mapping[str, Any]) -> list[Flowable]:
    declared, area = order.application, order.service_area
    supplier = [
        ("名称", values["supplier"]),
        ("统一社会信用代码", area.credit_code),
        ("地址", area.address),
        ("负责人", area.representative),
        ("经办人", order.manager.name),
        ("联系电话", area.phone),
    ]
    consumer = [
        ("名称", values["consumer"]),
        ("统一社会信用代码", declared.credit_code),
        ("地址", declared.postal_address or declared.full_address),
        ("法定代表人", declared.legal_name),
        ("经办人", f"{given(declared.handler_name)}（{given(declared.handler_document)}）"),
        ("联系电话", declared.handler_phone),
    ]
    note = f"（本页为《{TITLE}》签署页，合同编号：{values['number']}，无正文）"
    return [
        PageBreak(),
        Text("签署页", Style(font=SANS, size=16, leading=26, align=TA_CENTER, after=4, weight=0.3), outline=0),
        Text(note, Style(size=10, leading=16, align=TA_CENTER, after=12)),
        *parties(("供电人", supplier, "供电人（盖章）："), ("用电人", consumer, "用电人（签字/盖章）：")),
    ]
