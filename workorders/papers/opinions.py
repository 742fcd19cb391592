"""The three opinions on the customer's installation: design review, mid-inspection, completion inspection.

Sources: 供电营业规则 (国家发展改革委令第14号, in force since 2024-06-01) for what the utility reviews and inspects and for
the duty to mend and report again; the layouts follow the forms customary in the trade.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from reportlab.platypus import Flowable, Spacer

from workorders.enums import PaperKind, Stage, SupplyMode, Verdict, Voltage
from workorders.models import Submission, WorkOrder
from workorders.papers import particulars
from workorders.papers.blocks import EMPHASIS, form, framed, section, signing_place
from workorders.papers.layout import BODY, HEADING, SMALL, Outline, letterhead, render
from workorders.papers.text import Text
from workorders.papers.values import choice, day, given, quantity, ticks


@dataclass(frozen=True)
class _Wording:
    stage: Stage
    act: str  # what the utility did: 审核, 检查, 检验
    handed_in: str
    partner: str
    verdicts: tuple
    passed: str
    failed: str
    notes: tuple


_WORDINGS = {
    PaperKind.DESIGN_OPINION: _Wording(
        stage=Stage.DESIGN,
        act="审核",
        handed_in="送审",
        partner="设计",
        verdicts=("同意", "不同意"),
        passed="同意按本次送审的设计文件施工。",
        failed="本次送审的设计文件须按上述意见修改，修改后重新送审。",
        notes=(
            "本意见依据国家标准、行业标准和已答复的供电方案作出，不免除设计单位对设计质量的责任。",
            "设计文件经审核后不得自行变更；确需变更的，必须重新送审，否则供电企业将不予检验和接电。",
            "请委托持有相应等级《承装（修、试）电力设施许可证》的单位施工；需要中间检查的，在隐蔽工程覆盖前申请。",
        ),
    ),
    PaperKind.MID_NOTICE: _Wording(
        stage=Stage.MID,
        act="检查",
        handed_in="报送",
        partner="施工",
        verdicts=("合格", "不合格"),
        passed="受检的隐蔽工程及相关项目符合要求，可以继续施工。",
        failed="受检项目存在上述缺陷，须整改并经复检合格后方可覆盖和继续施工。",
        notes=(
            "检查内容为与电网安全、供电质量有关的隐蔽工程：电缆线路敷设、接地装置、进线开关及多电源闭锁等。",
            "本意见只对检查当时可见的项目有效；检查后自行改动的，应重新申请检查。",
            "工程全部竣工并经自检、试验合格后，请在线申请竣工报验。",
        ),
    ),
    PaperKind.COMPLETION_OPINION: _Wording(
        stage=Stage.COMPLETION,
        act="检验",
        handed_in="报验",
        partner="施工",
        verdicts=("合格", "不合格"),
        passed="受电工程符合供电方案和有关技术标准，具备接电条件。",
        failed="受电工程存在上述问题，暂不具备接电条件，须整改后重新报验。",
        notes=(
            "检验合格后，请签订《高压供用电合同》并结清有关费用，供电企业在规定时限内装表接电。",
            "受电设施由产权人负责运行维护，应配备合格的值班人员和安全工器具，定期进行预防性试验。",
            "未经供电企业同意，不得自行投运受电设施、变更接线或改变用电容量。",
        ),
    ),
}


def make(kind: str, order: WorkOrder, data: Mapping[str, Any]) -> bytes:
    """Return the PDF; `data` holds verdict, remarks, mend_by, and where known round and by."""
    paper = PaperKind(kind)
    wording = _WORDINGS[paper]
    number = data.get("round") or order.papers.filter(kind=paper).count() + 1
    submission = particulars.submission_of(order, wording.stage, number)
    failed = data["verdict"] == Verdict.FAIL

    def story(_outline: Outline) -> list[Flowable]:
        return [
            *letterhead(
                order, paper.label, number=f"第 {number} 次{wording.act}　　申请编号：{given(order.application_number)}"
            ),
            particulars.order_header(order),
            *section(f"一、{wording.handed_in}情况", *_handed_in(order, submission, wording)),
            *section(f"二、{wording.act}意见", framed(data.get("remarks"))),
            signing_place(
                particulars.utility_side(order, data.get("by"), f"{wording.act}人"),
                "客户签收（签字）：",
                Text(f"三、{wording.act}结论", HEADING),
                form(_verdict(wording, failed, data.get("mend_by"), number)),
                Spacer(0, 6),
                *(Text(f"{n}. {note}", SMALL) for n, note in enumerate(wording.notes, 1)),
            ),
        ]

    return render(story, title=paper.label, order=order)


def _handed_in(order: WorkOrder, submission: Submission | None, wording: _Wording) -> list[Flowable]:
    if not submission:
        return [Text("本次未在线报送资料。", BODY)]
    plan = order.plan
    rows = [
        (f"{wording.handed_in}日期", day(submission.submitted_at), "意向接电时间", day(submission.intended_connection_on)),
        (
            "核定容量", quantity(plan.capacity, "kVA"),
            "供电电压", f"{choice(Voltage, plan.voltage)}，{choice(SupplyMode, plan.supply_mode)}",
        ),
        particulars.contacts(submission, wording.partner),
    ]  # fmt: skip
    if submission.basic_charge:
        rows.append(("基本电费", particulars.basic_charge(submission, plan.tariff)))
    return [form(rows), Spacer(0, 6), particulars.attachment_table(submission)]


def _verdict(wording: _Wording, failed: bool, mend_by: date | None, number: int) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = [
        (f"{wording.act}结论", Text(ticks(wording.verdicts, wording.verdicts[failed]), EMPHASIS)),
        ("处理意见", wording.failed if failed else wording.passed),
    ]
    if failed:
        until = f"请于{day(mend_by)}前" if mend_by else "请及时"
        rows.append(("整改期限", f"{until}完成整改，并在线提交第 {number + 1} 次{wording.handed_in}。"))
    return rows
