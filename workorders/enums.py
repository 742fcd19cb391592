"""The words of the trade: states, stages, papers and the choices of the application form."""

from enum import nonmember
from typing import Self

from django.db.models import IntegerChoices, TextChoices


class Turn(TextChoices):
    CUSTOMER = "customer", "客户"
    UTILITY = "utility", "供电企业"
    NOBODY = "nobody", "已办结"


class Chapter(TextChoices):
    """A part of the journey as the progress page tells it, with what happens in it."""

    help: str

    def __new__(cls, value: str, help: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_, member.help = value, help
        return member

    APPLICATION = "application", "填写企业新装资料并提交；必需资料齐全即可受理，其余可容缺后补。", "提交申请"
    ACCEPTANCE = "acceptance", "客户经理确认申请，受理后生成正式工单。", "客户经理接单"
    SURVEY = "survey", "填写意向勘察时间，客户经理派工并按时上门。", "预约勘察"
    PLAN = (
        "plan",
        "现场勘察后答复供电方案，您在线预览、下载并签字确认；有异议可在一个月内提出。",
        "答复供电方案",
    )
    DESIGN = "design", "提交受电工程设计文件，审核意见单由您签字确认。", "设计文件送审"
    MID = "mid", "隐蔽工程覆盖前申请检查，意见单由您签字确认。", "中间检查"
    COMPLETION = "completion", "提交竣工资料并签名，检验意见单由您签字确认。", "竣工报验"
    CONTRACT = "contract", "签订《高压供用电合同》，可在线签字，也可打印盖章后上传。", "合同签订"
    ENERGISED = "energised", "装表接电，资料归档，可在服务记录中查询。", "送电归档"


_T, _C = Turn, Chapter


class State(TextChoices):
    """Where an order stands: whose move it is, in which chapter, and the utility's default limit in working days.

    The label says what is awaited or was done. The limits follow 供电监管办法 and 发改能源规〔2020〕1479号, the shorter
    where they differ. After a signed paper, the chapter is that of the paper until the manager opens the next stage.
    """

    turn: Turn
    chapter: Chapter | None
    days: int | None
    customer_states: tuple[str, ...]
    utility_states: tuple[str, ...]
    closed_states: tuple[str, ...]
    open_states: tuple[str, ...]

    # The defaults here and below are for mypy, to which State("draft") is a call of this.
    def __new__(
        cls, value: str, turn: Turn = _T.NOBODY, chapter: Chapter | None = None, days: int | None = None
    ) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.turn, member.chapter, member.days = value, turn, chapter, days
        return member

    DRAFT = "draft", _T.CUSTOMER, _C.APPLICATION, None, "草稿"
    RETURNED = "returned", _T.CUSTOMER, _C.APPLICATION, None, "申请待补正"
    SUBMITTED = "submitted", _T.UTILITY, _C.ACCEPTANCE, 1, "申请待受理"
    ACCEPTED = "accepted", _T.CUSTOMER, _C.SURVEY, None, "待预约勘察"
    SURVEY_BOOKED = "survey_booked", _T.UTILITY, _C.SURVEY, 1, "待勘察派工"
    SURVEYING = "surveying", _T.UTILITY, _C.PLAN, 10, "现场勘察"
    PLAN_ISSUED = "plan_issued", _T.CUSTOMER, _C.PLAN, None, "供电方案待签字"
    PLAN_SIGNED = "plan_signed", _T.UTILITY, _C.PLAN, 1, "供电方案已签字"
    DESIGN_OPEN = "design_open", _T.CUSTOMER, _C.DESIGN, None, "待设计文件送审"
    DESIGN_SUBMITTED = "design_submitted", _T.UTILITY, _C.DESIGN, 5, "设计文件审核中"
    DESIGN_OPINION_ISSUED = "design_opinion_issued", _T.CUSTOMER, _C.DESIGN, None, "设计审核意见单待签字"
    DESIGN_OPINION_SIGNED = "design_opinion_signed", _T.UTILITY, _C.DESIGN, 1, "设计审核意见单已签字"
    MID_OPEN = "mid_open", _T.CUSTOMER, _C.MID, None, "待申请中间检查"
    MID_SUBMITTED = "mid_submitted", _T.UTILITY, _C.MID, 3, "中间检查中"
    MID_NOTICE_ISSUED = "mid_notice_issued", _T.CUSTOMER, _C.MID, None, "中间检查意见单待签字"
    MID_NOTICE_SIGNED = "mid_notice_signed", _T.UTILITY, _C.MID, 1, "中间检查意见单已签字"
    COMPLETION_OPEN = "completion_open", _T.CUSTOMER, _C.COMPLETION, None, "待竣工报验"
    COMPLETION_SUBMITTED = "completion_submitted", _T.UTILITY, _C.COMPLETION, 3, "竣工检验中"
    COMPLETION_OPINION_ISSUED = "completion_opinion_issued", _T.CUSTOMER, _C.COMPLETION, None, "竣工检验意见单待签字"
    COMPLETION_OPINION_SIGNED = "completion_opinion_signed", _T.UTILITY, _C.CONTRACT, 1, "竣工检验意见单已签字"
    CONTRACT_OPEN = "contract_open", _T.CUSTOMER, _C.CONTRACT, None, "合同签订"
    CONTRACT_SIGNED = "contract_signed", _T.UTILITY, _C.ENERGISED, 3, "合同已签，待送电"
    ARCHIVED = "archived", _T.NOBODY, _C.ENERGISED, None, "已归档"
    TERMINATED = "terminated", _T.NOBODY, None, None, "已终止"


State.customer_states = tuple(state.value for state in State if state.turn == Turn.CUSTOMER)
State.utility_states = tuple(state.value for state in State if state.turn == Turn.UTILITY)
State.closed_states = tuple(state.value for state in State if state.turn == Turn.NOBODY)
# A draft has not reached the utility: it is nobody's order but the customer's, so it cannot be terminated.
State.open_states = tuple(s.value for s in State if s not in (*State.closed_states, State.DRAFT))


class PaperKind(TextChoices):
    """What the utility issues and the customer signs."""

    SUPPLY_PLAN = "supply_plan", "供电方案答复单"
    DESIGN_OPINION = "design_opinion", "客户受电工程设计文件审核意见单"
    MID_NOTICE = "mid_notice", "客户受电工程中间检查意见单"
    COMPLETION_OPINION = "completion_opinion", "客户受电工程竣工检验意见单"
    CONTRACT = "contract", "高压供用电合同"


class Stage(TextChoices):
    """The customer's hand-ins, with the opinion they get and what a tick declares; each may take several rounds."""

    opinion: PaperKind | None
    declaration: str

    def __new__(cls, value: str, opinion: PaperKind | None = None, declaration: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_, member.opinion, member.declaration = value, opinion, declaration
        return member

    APPLICATION = "application", None, "", "用电申请"
    DESIGN = "design", PaperKind.DESIGN_OPINION, "我户受电工程设计文件已完成，请予审核", "设计文件送审"
    MID = "mid", PaperKind.MID_NOTICE, "我户已具备中间检查条件，请予检查", "中间检查"
    COMPLETION = "completion", PaperKind.COMPLETION_OPINION, "", "竣工报验"
    CONTRACT = "contract", None, "", "合同扫描件"

    @property
    def kinds(self) -> tuple["AttachmentKind", ...]:
        """The kinds of files that belong to it."""
        return tuple(kind for kind in AttachmentKind if kind.stage == self)


class AttachmentKind(TextChoices):
    """What customers upload, and at which stage."""

    stage: Stage

    def __new__(cls, value: str, stage: Stage = Stage.APPLICATION) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.stage = value, stage
        return member

    LICENCE = "licence", Stage.APPLICATION, "用电人主体证明（营业执照等）"
    HANDLER_ID = "handler_id", Stage.APPLICATION, "经办人身份证件"
    AUTHORISATION = "authorisation", Stage.APPLICATION, "授权委托书或单位介绍信"
    PROPERTY = "property", Stage.APPLICATION, "用电地址产权证明"
    APPROVAL = "approval", Stage.APPLICATION, "政府批复、核准或备案文件"
    EQUIPMENT = "equipment", Stage.APPLICATION, "主要用电设备清单"
    DESIGN_QUALIFICATION = "design_qualification", Stage.DESIGN, "设计单位资质证书"
    DESIGN_FILES = "design_files", Stage.DESIGN, "工程设计文件及说明"
    HIDDEN_WORKS = "hidden_works", Stage.MID, "隐蔽工程施工记录"
    EARTHING = "earthing", Stage.MID, "接地电阻测量记录"
    INSTALLER_LICENCE = "installer_licence", Stage.MID, "承装（修、试）电力设施许可证"
    AS_BUILT = "as_built", Stage.COMPLETION, "竣工图及说明"
    PROTECTION = "protection", Stage.COMPLETION, "保护整定调试记录"
    BUILDER_QUALIFICATION = "builder_qualification", Stage.COMPLETION, "建筑企业资质证书"
    SAFETY_LICENCE = "safety_licence", Stage.COMPLETION, "安全生产许可证"
    CONTRACT_SCAN = "contract_scan", Stage.CONTRACT, "已盖章合同的照片或扫描件"

    # The application's papers that may follow after it was accepted (容缺受理).
    later = nonmember(("authorisation", "property", "approval", "equipment"))

    @property
    def is_required(self) -> bool:
        """Whether the stage cannot be handed in without it."""
        return self not in AttachmentKind.later


class Verdict(TextChoices):
    PASS = "pass", "合格"
    FAIL = "fail", "不合格"


class Sealing(TextChoices):
    """When the supplier's seal goes on a paper."""

    NOW = "now", "签发时盖章"
    AFTER = "after", "客户签署后盖章"
    NONE = "none", "不盖章"


class ContractMethod(TextChoices):
    SIGNATURE = "signature", "在线签字"
    SEAL = "seal", "电子签章"
    SCAN = "scan", "上传盖章扫描件"


class UsageCategory(TextChoices):
    LARGE_INDUSTRY = "large_industry", "大工业用电"
    INDUSTRY = "industry", "普通工业用电"
    COMMERCE = "commerce", "商业用电"
    NON_RESIDENTIAL = "non_residential", "非居民照明及其他"
    AGRICULTURE = "agriculture", "农业生产用电"
    RESIDENTIAL = "residential", "居民生活用电（合表）"
    industrial = nonmember(("large_industry", "industry", "commerce"))


class Industry(TextChoices):
    """Sections of GB/T 4754 国民经济行业分类."""

    A = "A", "农、林、牧、渔业"
    B = "B", "采矿业"
    C = "C", "制造业"
    D = "D", "电力、热力、燃气及水生产和供应业"
    E = "E", "建筑业"
    F = "F", "批发和零售业"
    G = "G", "交通运输、仓储和邮政业"
    H = "H", "住宿和餐饮业"
    I = "I", "信息传输、软件和信息技术服务业"  # noqa: E741 - the letter is the standard's
    J = "J", "金融业"
    K = "K", "房地产业"
    L = "L", "租赁和商务服务业"
    M = "M", "科学研究和技术服务业"
    N = "N", "水利、环境和公共设施管理业"
    O = "O", "居民服务、修理和其他服务业"  # noqa: E741 - the letter is the standard's
    P = "P", "教育"
    Q = "Q", "卫生和社会工作"
    R = "R", "文化、体育和娱乐业"
    S = "S", "公共管理、社会保障和社会组织"
    T = "T", "国际组织"


class SupplyMode(TextChoices):
    SINGLE = "single", "单电源"
    DOUBLE = "double", "双电源"
    MULTIPLE = "multiple", "多电源"


class LoadGrade(TextChoices):
    FIRST = "first", "一级负荷"
    SECOND = "second", "二级负荷"
    THIRD = "third", "三级负荷"


class Voltage(IntegerChoices):
    """Nominal supply voltage in kV."""

    KV10 = 10, "10 kV"
    KV20 = 20, "20 kV"
    KV35 = 35, "35 kV"
    KV66 = 66, "66 kV"
    KV110 = 110, "110 kV"
    KV220 = 220, "220 kV"


class TransformerType(TextChoices):
    DRY = "dry", "干式变压器"
    OIL = "oil", "油浸式变压器"
    COMPACT = "compact", "箱式变电站"


class TransformerDuty(TextChoices):
    MAIN = "main", "主用"
    STANDBY = "standby", "冷备用"


class Metering(TextChoices):
    HIGH_HIGH = "high_high", "高供高计"
    HIGH_LOW = "high_low", "高供低计"


class Tariff(TextChoices):
    """One-part and two-part tariff (发改价格〔2023〕526号)."""

    ONE_PART = "one_part", "单一制电价"
    TWO_PART = "two_part", "两部制电价"


class BasicCharge(TextChoices):
    """How the capacity part of a two-part tariff is billed (发改办价格〔2016〕1583号, 发改价格〔2018〕500号)."""

    CAPACITY = "capacity", "按变压器容量"
    CONTRACT_DEMAND = "contract_demand", "按合同最大需量"
    ACTUAL_DEMAND = "actual_demand", "按实际最大需量"


class RequestKind(TextChoices):
    """What the manager may ask for besides the steps."""

    PAPER = "paper", "补充资料"
    CHANGE = "change", "更正内容"
    OTHER = "other", "其他"


class RequestState(TextChoices):
    OPEN = "open", "待客户补正"
    ANSWERED = "answered", "客户已补正，待核对"
    CLOSED = "closed", "已办结"
    CANCELLED = "cancelled", "已取消"
