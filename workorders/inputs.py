"""What the steps are given: typed values that forms and services make, and `flow.advance` takes.

A transition's signature names its input. `note` is what the line of the trace says in words.
"""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from signing.marks.handwriting import Strokes, Typed
from signing.models import Seal
from signing.pdf.intake import Admitted
from workorders.enums import ContractMethod, Sealing, Verdict


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """A step that needs no more than the order and the person."""

    @property
    def note(self) -> str:
        return ""

    @property
    def facts(self) -> dict[str, Any]:
        """What was given, by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, kw_only=True)
class Reason(Nothing):
    reason: str

    @property
    def note(self) -> str:
        return self.reason


@dataclass(frozen=True, kw_only=True)
class Acceptance(Nothing):
    manager: User

    @property
    def facts(self) -> dict[str, Any]:
        return {"manager_id": str(self.manager.pk), "manager": str(self.manager)}


@dataclass(frozen=True, kw_only=True)
class SurveyWish(Reason):
    """意向勘察时间; `reason` only where one is changed."""

    intended_survey_at: datetime
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Dispatch(Nothing):
    survey_at: datetime
    surveyor: str


@dataclass(frozen=True, kw_only=True)
class Client:
    """Where a signature was made."""

    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True, kw_only=True)
class Issue(Nothing):
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
    verdict: Verdict
    mend_by: date | None = None


@dataclass(frozen=True, kw_only=True)
class ContractIssue(Issue):
    term_years: int
    sign_place: str


@dataclass(frozen=True, kw_only=True)
class Signing(Nothing):
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


@dataclass(frozen=True, kw_only=True)
class ContractScan(Nothing):
    """The stamped contract as scan or photos, which lie in the open round of their stage."""

    contract_method: ContractMethod = ContractMethod.SCAN


@dataclass(frozen=True, kw_only=True)
class Archiving(Nothing):
    energised_on: date
    meter_reading: Decimal
    remarks: str = ""

    @property
    def note(self) -> str:
        return self.remarks
