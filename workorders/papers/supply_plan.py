"""《高压供电方案答复单》: the utility's answer to an application, with the plan and what the customer should know.

Sources: 供电营业规则 (国家发展改革委令第14号, in force since 2024-06-01) for what a plan says, its validity of one year
at high voltage and the month for objections; 发改价格〔2023〕526号 for the tariffs; 承装（修、试）电力设施许可证管理办法.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from reportlab.platypus import Flowable

from workorders.enums import LoadGrade, Metering, SupplyMode, Tariff, Voltage
from workorders.models import WorkOrder
from workorders.papers import particulars
from workorders.papers.blocks import form, framed, section, signing_place
from workorders.papers.layout import BODY, HEADING, OPENING, Outline, letterhead, render
from workorders.papers.text import Text
from workorders.papers.values import chinese, choice, day, given, quantity, yes_no

TITLE = "高压供电方案答复单"

_METERING = {
    Metering.HIGH_HIGH: "计量装置装设在供电电压侧（产权分界处），配置专用电压、电流互感器和用电信息采集终端",
    Metering.HIGH_LOW: "计量装置装设在变压器低压侧，变压器损耗按规定计入，配置用电信息采集终端",
}
_TARIFF = {
    Tariff.ONE_PART: "按实际用电量计收电度电费",
    Tariff.TWO_PART: "电度电费与容（需）量电费分别计收，容（需）量电费的计收方式由贵单位在竣工报验时选定",
}
_NOTICES = (
    "本方案自贵单位签收之日起 1 年内有效，逾期失效。确需延期的，请在有效期届满 10 日前向我单位提出书面申请，经核实后办理。",
    "贵单位对本方案有异议的，请自收到之日起 1 个月内提出意见，双方协商确定；签字后如用电地址、容量、性质或负荷等级发生变化，请重新办理申请，我单位据以重新答复。",
    "受电工程由贵单位自主选择具有相应资质的单位设计，施工单位应持有相应等级的《承装（修、试）电力设施许可证》。任何单位和个人不得指定设计、施工和设备材料供应单位。",
    "需要中间检查的，电缆敷设、接地装置等隐蔽工程须在覆盖前申请检查；未经检查自行覆盖的，应按检查要求打开复验。",
    "业务费用按政府价格主管部门批准的项目和标准收取，应在接电前结清；除此之外不收取其他费用。",
    "受电工程竣工检验合格、签订《高压供用电合同》并结清有关费用后，我单位在规定时限内装表接电。未经检验合格，不得自行接电。",
)
_AGREEMENT = (
    "本方案经贵单位签字后，作为受电工程设计、施工以及订立《高压供用电合同》的依据，双方按下列约定推进接电："
    "贵单位按建议接电时间安排设计、施工和报验，并保证所报资料真实、完整；我单位负责产权分界点电源侧的供电工程，"
    "在各环节规定时限内办结并通过“办电 E 助手”公开进度。因一方原因需要调整接电时间的，应及时告知对方并另行商定。"
)


def make(order: WorkOrder, data: Mapping[str, Any]) -> bytes:
    """Return the PDF; `data` holds the plan's fields, the two flags, suggested_connection_on and remarks."""
    declared, remarks = order.application, data.get("remarks")

    def story(_outline: Outline) -> list[Flowable]:
        sections = [
            ("供电方案", [form(_terms(order, data))]),
            *([("补充说明", [framed(remarks)])] if remarks else []),
            ("告知事项", [Text(f"{n}. {notice}", BODY) for n, notice in enumerate(_NOTICES, 1)]),
        ]
        return [
            *letterhead(order, TITLE, number=f"申请编号：{given(order.application_number)}"),
            particulars.order_header(order),
            Text(f"{given(declared.company)}：", OPENING),
            Text(_greeting(order), BODY),
            *(
                part
                for n, (words, blocks) in enumerate(sections, 1)
                for part in section(f"{chinese(n)}、{words}", *blocks)
            ),
            signing_place(
                particulars.utility_side(order, data.get("by")),
                "客户签字（盖章）：",
                Text(f"{chinese(len(sections) + 1)}、接电约定", HEADING),
                Text(_AGREEMENT, BODY),
            ),
        ]

    return render(story, title=TITLE, order=order)


def _greeting(order: WorkOrder) -> str:
    # The visit was planned for survey_at; a plan that comes before that day does not name it.
    surveyed = order.survey_at and order.survey_at <= timezone.now()
    examined = f"经{day(order.survey_at) if surveyed else ''}现场勘察和供电条件核定"
    return (
        f"贵单位{day(order.submitted_at)}提出的高压新装用电申请收悉。{examined}，"
        "贵单位用电地址具备供电条件。现将供电方案答复如下，请核对后予以确认。"
    )


def _terms(order: WorkOrder, data: Mapping[str, Any]) -> list[tuple[str, ...]]:
    declared = order.application
    return [
        ("用电容量", f"申请 {quantity(declared.applied_capacity, 'kVA')}，核定 {quantity(data['capacity'], 'kVA')}"),
        ("受电变压器", particulars.transformers(order)),
        ("负荷等级", choice(LoadGrade, declared.load_grade), "客户分级", yes_no(declared.is_critical, "重要客户", "普通客户")),
        (
            "自备电源", quantity(declared.own_generation, "kW") if declared.own_generation else "无",
            "非线性负荷", yes_no(declared.nonlinear_load, "有", "无"),
        ),
        ("供电电压", f"交流 50 Hz，{choice(Voltage, data['voltage'])}", "供电方式", choice(SupplyMode, data["supply_mode"])),
        ("电源接入点", given(data["source"])),
        ("产权分界点", f"{given(data['demarcation']).rstrip('。')}。分界点电源侧由供电企业、负荷侧由客户投资建设并维护管理。"),
        ("计量方式", f"{choice(Metering, data['metering'])}。{_METERING[data['metering']]}。"),
        ("电价", f"{choice(Tariff, data['tariff'])}，{_TARIFF[data['tariff']]}；电价标准按政府价格主管部门公布的电价执行。"),
        ("功率因数", f"考核标准 {data['power_factor']}，请按此配置无功补偿装置并自动投切。"),
        ("业务费用", data.get("fees") or "无"),
        (
            "设计文件审核", yes_no(data["needs_design_review"], "需要送审", "不需要"),
            "中间检查", yes_no(data["needs_mid_inspection"], "需要申请", "不需要"),
        ),
        ("建议接电时间", day(data["suggested_connection_on"])),
    ]  # fmt: skip
