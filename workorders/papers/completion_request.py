"""《客户受电工程竣工报验申请表》, which the customer signs to hand the completion papers in.

Sources: 供电营业规则 (国家发展改革委令第14号) for what is handed in; 发改办价格〔2016〕1583号 and 发改价格〔2018〕500号 for the
choice of how the capacity part of the two-part tariff is billed.
"""

import hashlib
import json

from reportlab.platypus import Flowable

from workorders.enums import Metering, SupplyMode, Tariff, Voltage
from workorders.models import Submission, WorkOrder
from workorders.papers import particulars
from workorders.papers.blocks import form, section, signing_place
from workorders.papers.layout import BODY, HEADING, Outline, company_of, letterhead, render
from workorders.papers.text import Text
from workorders.papers.values import choice, day, given, quantity

TITLE = "客户受电工程竣工报验申请表"

_DECLARATION = (
    "我户受电工程已按供电方案和有关技术标准施工完毕，自检和试验合格，具备检验条件，请予检验。所报资料真实、合法、有效，"
    "与现场一致；如有不符，由我户承担相应责任。检验合格前不自行接电投运。"
)


def make(order: WorkOrder, submission: Submission) -> bytes:
    """Return the PDF of a round of completion papers as they are now; demand in kW, capacity in kVA."""

    def story(_outline: Outline) -> list[Flowable]:
        return [
            *letterhead(order, TITLE, number=_number(order, submission)),
            particulars.order_header(order),
            *section("一、工程概况", form(_works(order))),
            *section("二、报验信息", form(_facts(order, submission))),
            *section("三、报验资料", particulars.attachment_table(submission)),
            signing_place(
                _receiver(order),
                "申请人签字：",
                Text("四、申请人声明", HEADING),
                Text(_DECLARATION, BODY),
            ),
        ]

    return render(story, title=TITLE, order=order)


def basis(order: WorkOrder, submission: Submission) -> str:
    """Return the hash over all that the form names, in its words: whatever changes there makes a signed form void."""
    named = [_number(order, submission), particulars.order_rows(order), _works(order), _facts(order, submission)]
    named += [particulars.attachment_rows(submission), _receiver(order)]
    return hashlib.sha256(json.dumps(named, ensure_ascii=False).encode()).hexdigest()


def _number(order: WorkOrder, submission: Submission) -> str:
    return f"第 {submission.round} 次报验　　申请编号：{given(order.application_number)}"


def _receiver(order: WorkOrder) -> list[str]:
    manager, phone = given(order.manager.name), order.service_area.phone
    return ["受理单位：", company_of(order), f"客户经理：{manager}", f"服务电话：{phone}"]


def _works(order: WorkOrder) -> list[tuple[str, ...]]:
    plan = order.plan
    return [
        ("核定容量", quantity(plan.capacity, "kVA"), "供电电压", choice(Voltage, plan.voltage)),
        ("供电方式", choice(SupplyMode, plan.supply_mode), "计量方式", choice(Metering, plan.metering)),
        ("受电变压器", particulars.transformers(order)),
    ]


def _facts(order: WorkOrder, submission: Submission) -> list[tuple[str, ...]]:
    return [
        ("意向接电时间", day(submission.intended_connection_on), "电价制度", choice(Tariff, order.plan.tariff)),
        particulars.contacts(submission, "施工"),
        ("基本电费", particulars.basic_charge(submission, order.plan.tariff)),
    ]
