"""What the steps are given: typed values that forms and services make, and `flow.advance` takes.

A transition's signature names its input.
"""

from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from signing.marks.handwriting import Strokes, Typed
from signing.models import Seal
from signing.pdf.intake import Admitted
from workorders.enums import ContractMethod, Sealing, Verdict

# From tomorrow on, so many days ahead the customer may wish the survey.
SURVEY_AHEAD = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What every input can tell."""

    @property
    def note(self) -> str:
        """What the line of the trace says in words."""
        return ""

    @property
    def facts(self) -> dict[str, Any]:
        """What was given, by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def clean(self) -> None:
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
    manager: User

    @property
    def facts(self) -> dict[str, Any]:
        return {"manager_id": str(self.manager.pk), "manager": str(self.manager)}


@dataclass(frozen=True, kw_only=True)
class SurveyWish(Reason):
    """意向勘察时间; `reason` only where one is changed."""

    intended_survey_at: datetime
    reason: str = ""

    def clean(self) -> None:
        today, wished = timezone.localdate(), timezone.localdate(self.intended_survey_at)
        if not today < wished <= today + SURVEY_AHEAD:
            raise ValidationError({"intended_survey_at": f"请选择明天起 {SURVEY_AHEAD.days} 天内的时间。"})


@dataclass(frozen=True, kw_only=True)
class Dispatch(Given):
    survey_at: datetime
    surveyor: str

    def clean(self) -> None:
        if self.survey_at < timezone.now():
            raise ValidationError({"survey_at": "预计上门时间不能早于现在。"})


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


@dataclass(frozen=True, kw_only=True)
class Opinion(Issue):
    """`mend_by` is the last day to mend, of a failed opinion only; a passed one drops it."""

    verdict: Verdict
    mend_by: date | None = None

    def clean(self) -> None:
        if self.verdict != Verdict.FAIL:
            return
        if self.mend_by is None:
            raise ValidationError({"mend_by": "结论为不合格时，请填写整改期限。"})
        if self.mend_by < timezone.localdate():
            raise ValidationError({"mend_by": "整改期限不能早于今天。"})


@dataclass(frozen=True, kw_only=True)
class ContractIssue(Issue):
    term_years: int
    sign_place: str


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

    def clean(self) -> None:
        _check_confirmed(self)


@dataclass(frozen=True, kw_only=True)
class ContractScan(Given):
    """The stamped contract as scan or photos, which lie in the open round of their stage."""

    contract_method: ContractMethod = ContractMethod.SCAN
    confirmed_phone: str = ""
    confirmed_at: datetime | None = None

    def clean(self) -> None:
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

    def clean(self) -> None:
        if self.energised_on > timezone.localdate():
            raise ValidationError({"energised_on": "送电日期不能晚于今天。"})

    @property
    def note(self) -> str:
        return self.remarks
