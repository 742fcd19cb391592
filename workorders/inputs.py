"""What the steps are given: typed values that forms and services make, and `flow.advance` takes.

A transition's signature names its input.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from signing.marks.handwriting import Strokes, Typed
from signing.models import Seal
from signing.pdf.intake import Admitted
from workorders import spans
from workorders.enums import ContractMethod, Sealing, Verdict

# From tomorrow on, so many days ahead the customer may wish the survey.
SURVEY_AHEAD = timedelta(days=90)
# When surveys begin on a working day; the page names the same hours.
SURVEY_HOURS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
SURVEY_HOURS_WORDS = "、".join(f"{first:%H:%M}–{last:%H:%M}" for first, last in SURVEY_HOURS).replace("08:", "8:")
# A visit may be agreed for a weekend or an evening, but for no night.
VISIT_HOURS = (time(7), time(20))

# Whether people work on a day: the calendar stands above this module, so who asks brings it along.
Works = Callable[[date], bool]


def minute(at: datetime) -> str:
    """Return a moment as people write it: 2026年11月30日 9:30."""
    at = timezone.localtime(at)
    return f"{at.year}年{at.month}月{at.day}日 {at.hour}:{at.minute:02}"


def _near(at: datetime) -> datetime | None:
    """Return a moment in local time; None for one years away, whose local time may lie outside of all years."""
    is_near = abs(at - timezone.now()) < timedelta(days=366)
    return timezone.localtime(at) if is_near else None


@dataclass(frozen=True, kw_only=True)
class Given:
    """What every input can tell."""

    @property
    def note(self) -> str:
        """What the line of the trace says in words."""
        return ""

    def says(self, order: Any) -> str:
        """Return what the line of the trace says: the note, and how it stands to the order as it was."""
        return self.note

    @property
    def facts(self) -> dict[str, Any]:
        """What was given, by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def clean(self, works: Works) -> None:
        """Raise ValidationError, by field, for values that no order allows; forms and the flow ask it alike."""


@dataclass(frozen=True, kw_only=True)
class Nothing(Given):
    """A step that needs no more than the order and the person."""


@dataclass(frozen=True, kw_only=True)
class Reason(Given):
    reason: str

    @property
    def note(self) -> str:
        return self.reason


@dataclass(frozen=True, kw_only=True)
class Acceptance(Given):
    """`code_confirmed`: a credit code whose check digit is wrong was found on the licence as it was declared."""

    manager: User
    code_confirmed: bool = False

    @property
    def note(self) -> str:
        return "统一社会信用代码的校验码不符，已对照营业执照确认" if self.code_confirmed else ""

    @property
    def facts(self) -> dict[str, Any]:
        return {"manager_id": str(self.manager.pk), "manager": str(self.manager)}


@dataclass(frozen=True, kw_only=True)
class SurveyWish(Reason):
    """意向勘察时间; `reason` only where one is changed."""

    intended_survey_at: datetime
    reason: str = ""

    def says(self, order: Any) -> str:
        wished = minute(self.intended_survey_at)
        if order.intended_survey_at is None:
            return f"意向勘察时间：{wished}。{self.note}"
        visit = f"（原定 {minute(order.survey_at)} 上门）" if order.survey_at else ""
        return f"意向勘察时间由 {minute(order.intended_survey_at)} 改为 {wished}{visit}。{self.note}"

    def clean(self, works: Works) -> None:
        at = _near(self.intended_survey_at)
        today, wished = timezone.localdate(), at and at.date()
        if at is None or wished is None or not today < wished <= today + SURVEY_AHEAD:
            raise ValidationError({"intended_survey_at": f"请选择明天起 {SURVEY_AHEAD.days} 天内的时间。"})
        if not works(wished):
            message = f"{wished.month}月{wished.day}日是休息日，请选择工作日 {SURVEY_HOURS_WORDS}。"
            raise ValidationError({"intended_survey_at": message})
        if not any(first <= at.time() <= last for first, last in SURVEY_HOURS):
            raise ValidationError({"intended_survey_at": f"请选择工作日 {SURVEY_HOURS_WORDS} 之间的时间。"})


@dataclass(frozen=True, kw_only=True)
class Dispatch(Given):
    survey_at: datetime
    surveyor: str

    def says(self, order: Any) -> str:
        return f"预计上门时间：{minute(self.survey_at)}，勘察人员：{self.surveyor}。"

    def clean(self, works: Works) -> None:
        if self.survey_at < timezone.now():
            raise ValidationError({"survey_at": "预计上门时间不能早于现在。"})
        at = _near(self.survey_at)
        if at is None or at.date() > timezone.localdate() + SURVEY_AHEAD:
            raise ValidationError({"survey_at": f"预计上门时间请安排在 {SURVEY_AHEAD.days} 天内，请核对年份。"})
        if not VISIT_HOURS[0] <= at.time() <= VISIT_HOURS[1]:
            first, end = VISIT_HOURS
            raise ValidationError({"survey_at": f"预计上门时间请安排在 {first.hour}:00 至 {end.hour}:00 之间。"})


@dataclass(frozen=True, kw_only=True)
class Client:
    """Where a signature was made."""

    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True, kw_only=True)
class Issue(Given):
    """A paper to issue: the manager's own PDF, or one made from the order.

    `own` is the admitted PDF, of the manager or of the preview that was confirmed; `placed` are the boxes that were
    confirmed with it, {role: (page from 0, left, top, right, bottom)} in fractions of the page.
    """

    own: Admitted | None = None
    placed: dict[str, tuple] | None = None
    sealing: Sealing = Sealing.NONE
    cross_page: bool = False
    remarks: str = ""
    client: Client = field(default_factory=Client)

    @property
    def note(self) -> str:
        return self.remarks


@dataclass(frozen=True, kw_only=True)
class SupplyPlanIssue(Issue):
    """供电方案; capacity in kVA, voltage in kV."""

    capacity: int
    voltage: int
    supply_mode: str
    source: str
    demarcation: str
    metering: str
    tariff: str
    power_factor: Decimal
    fees: str = ""
    needs_design_review: bool
    needs_mid_inspection: bool
    suggested_connection_on: date

    def clean(self, works: Works) -> None:
        spans.check_number("capacity", "核定用电容量", self.capacity, 1, spans.MAX_CAPACITY, "kVA ")
        spans.check_days(
            "suggested_connection_on", "建议接电时间", self.suggested_connection_on, *spans.connection_days()
        )


@dataclass(frozen=True, kw_only=True)
class Opinion(Issue):
    """`mend_by` is the last day to mend, of a failed opinion only; a passed one drops it."""

    verdict: Verdict
    mend_by: date | None = None

    def clean(self, works: Works) -> None:
        if self.verdict != Verdict.FAIL:
            return
        if self.mend_by is None:
            raise ValidationError({"mend_by": "结论为不合格时，请填写整改期限。"})
        today = timezone.localdate()
        if self.mend_by < today:
            raise ValidationError({"mend_by": "整改期限不能早于今天。"})
        spans.check_days("mend_by", "整改期限", self.mend_by, today, today + timedelta(days=spans.MEND_DAYS))


@dataclass(frozen=True, kw_only=True)
class ContractIssue(Issue):
    term_years: int
    sign_place: str

    def clean(self, works: Works) -> None:
        spans.check_number("term_years", "合同有效期", self.term_years, *spans.TERM_YEARS, "年")


@dataclass(frozen=True, kw_only=True)
class Signing(Given):
    """`sha256` is the version of the file that was shown; with a seal, or without."""

    sha256: str
    hand: Strokes | Typed | None = None
    seal: Seal | None = None
    client: Client = field(default_factory=Client)
    confirmed_phone: str = ""
    confirmed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ContractSigning(Signing):
    contract_method: ContractMethod

    def clean(self, works: Works) -> None:
        _check_confirmed(self)


@dataclass(frozen=True, kw_only=True)
class ContractScan(Given):
    """The stamped contract as scan or photos, which lie in the open round of their stage."""

    contract_method: ContractMethod = ContractMethod.SCAN
    confirmed_phone: str = ""
    confirmed_at: datetime | None = None

    def clean(self, works: Works) -> None:
        _check_confirmed(self)


def _check_confirmed(given: ContractSigning | ContractScan) -> None:
    """Let no act on a contract pass that was not confirmed by the code sent for it."""
    if not (given.confirmed_phone and given.confirmed_at):
        raise ValidationError("合同须凭短信验证码确认后才能签订，请重新获取验证码。", code="unconfirmed")


@dataclass(frozen=True, kw_only=True)
class Archiving(Given):
    """送电; the meter reading in kWh."""

    energised_on: date
    meter_reading: Decimal
    remarks: str = ""

    def clean(self, works: Works) -> None:
        if self.energised_on > timezone.localdate():
            raise ValidationError({"energised_on": "送电日期不能晚于今天。"})
        spans.check_number("meter_reading", "电能表示数", self.meter_reading, 0, spans.MAX_READING, "kWh ")

    @property
    def note(self) -> str:
        return self.remarks
