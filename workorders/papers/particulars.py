"""The order's facts as the papers put them: the header table, transformers, the papers handed in."""

from django.utils import timezone
from reportlab.platypus import Table

from accounts.models import User
from workorders.enums import BasicCharge, Industry, Stage, Tariff, TransformerDuty, TransformerType, UsageCategory
from workorders.models import Submission, WorkOrder
from workorders.papers.blocks import form, sheet
from workorders.papers.layout import company_of
from workorders.papers.lines import clean
from workorders.papers.values import NONE, choice, day, given, quantity

_NBSP = "\u00a0"


def order_rows(order: WorkOrder) -> list:
    """Return who, where, which account and order, as labels and values."""
    declared = order.application
    category, industry = choice(UsageCategory, declared.usage_category), choice(Industry, declared.industry)
    return [
        ("户名", given(declared.company)),
        ("户号", given(order.account_number), "工单编号", given(order.number)),
        ("用电地址", given(declared.full_address)),
        ("联系人", given(declared.handler_name), "联系电话", given(declared.handler_phone)),
        ("用电类别", category, "行业分类", industry),
    ]


def order_header(order: WorkOrder) -> Table:
    """Return the table every paper of the trade begins with."""
    return form(order_rows(order))


def transformers(order: WorkOrder) -> str:
    """Return the transformers in words, the ones in service first; capacity in kVA each."""
    rows = [
        f"{choice(TransformerType, row.kind)} {quantity(row.capacity, 'kVA')}{_NBSP}×{_NBSP}{row.count}{_NBSP}台"
        f"（{choice(TransformerDuty, row.duty)}）"
        for row in order.application.transformers.all()
    ]
    return "；".join(rows) or "不安装变压器"


def transformer_table(order: WorkOrder) -> Table:
    """Return the transformers as a list with the sum of each row in kVA."""
    rows = [
        (
            str(n),
            choice(TransformerType, row.kind),
            quantity(row.capacity, "kVA"),
            f"{row.count}{_NBSP}台",
            quantity(row.capacity * row.count, "kVA"),
            choice(TransformerDuty, row.duty),
        )
        for n, row in enumerate(order.application.transformers.all(), 1)
    ]
    head = ("序号", "型式", "单台容量", "台数", "容量小计", "运行方式")
    return sheet(head, rows or [(NONE, "不安装变压器", *[NONE] * 4)], (1, 3, 2.4, 1.6, 2.4, 2))


def basic_charge(submission: Submission | None, tariff: str) -> str:
    """Return how the capacity part of the two-part tariff is billed; demand in kW."""
    if tariff == Tariff.ONE_PART:
        return "单一制电价，不计收容（需）量电费"
    if submission is None or not submission.basic_charge:
        return NONE
    words = choice(BasicCharge, submission.basic_charge)
    if submission.basic_charge == BasicCharge.CONTRACT_DEMAND:
        words += f"，合同最大需量 {quantity(submission.contract_demand, 'kW')}"
    return words


def submission_of(order: WorkOrder, stage: Stage, number: int | None = None) -> Submission | None:
    """Return a round of a stage: the numbered one, else the last one handed in, else None."""
    handed_in = order.submissions.filter(stage=stage).handed_in().order_by("round")
    return handed_in.filter(round=number or 0).first() or handed_in.last()


def last_completion(order: WorkOrder) -> Submission | None:
    return submission_of(order, Stage.COMPLETION)


def attachment_rows(submission: Submission) -> list:
    """Return the papers handed in: number, kind, file name with the hash of the file below it, pages."""
    files = enumerate(submission.attachments.all(), 1)
    rows = [
        (str(n), file.get_kind_display(), f"{clean(file.original_name)}\n{file.sha256}", f"{file.pages}{_NBSP}页")
        for n, file in files
    ]
    return rows or [(NONE, "未上传资料", NONE, NONE)]


def attachment_table(submission: Submission) -> Table:
    """Return the list of the papers handed in."""
    head = ("序号", "资料类别", "文件名称和 SHA-256", "页数")
    return sheet(head, attachment_rows(submission), (1, 4, 7.2, 1.4), left=(1, 2))


def contacts(submission: Submission, partner: str) -> tuple:
    """Return the form's row of the enterprise's contact and, where one was named, the partner's."""
    row: tuple[str, ...] = ("企业联系人", f"{given(submission.contact_name)}　{submission.contact_phone}")
    if submission.partner_name:
        row += (f"{partner}联系人", f"{submission.partner_name}　{submission.partner_phone}")
    return row


def utility_side(order: WorkOrder, by: User | None = None, role: str = "经办人") -> list:
    """Return the words of the utility's box: the place of its seal, who answers for the paper, the day."""
    name = given((by or order.manager).name)
    return ["供电企业（盖章）：", company_of(order), f"{role}：{name}", f"日期：{day(timezone.localdate())}"]
