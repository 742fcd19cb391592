"""Brings an order to any state by the services that people use: for the demo data, the tests and the measurements.

`start` opens a draft, `drive` takes it along the main road, which leads from the draft to the archive.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from signing.enums import SealKind
from signing.marks.handwriting import Strokes
from signing.models import Document, Seal
from workorders import inputs
from workorders.demo import people, samples
from workorders.enums import (
    BasicCharge,
    ContractMethod,
    Industry,
    LoadGrade,
    Metering,
    PaperKind,
    Sealing,
    Stage,
    State,
    SupplyMode,
    UsageCategory,
    Verdict,
    Voltage,
)
from workorders.journey import flow, submissions
from workorders.limits import deadlines
from workorders.models import STEPS, Application, Transformer, WorkOrder
from workorders.models.step import Step
from workorders.requests import completion, uploads

REGION = "330106"
# Without what leads back or aside.
ROAD = {step.name for step in STEPS.values() if not step.is_aside} - {"return_for_correction", "reject_contract_scan"}
_PARTNERS = {
    Stage.DESIGN: ("演示设计", "19900000009"),
    Stage.MID: ("演示施工", "19900000003"),
    Stage.COMPLETION: ("演示施工", "19900000003"),
}
_REMARKS = {
    Verdict.PASS: "资料齐全，符合国家标准和电力行业技术规范要求。",
    Verdict.FAIL: "1. 进线柜保护定值与上级配合不足，请核对。\n2. 接地装置图缺少接地电阻计算，请补充。",
}


def start(
    customer: User,
    *,
    company: str = "演示精密制造有限公司",
    address: str = "演示路 88 号",
    capacity: int = 1000,
    **answers: Any,
) -> WorkOrder:
    """Open a draft with a whole application (capacity in kVA) and the papers that acceptance needs."""
    declared = {
        "company": company,
        "credit_code": "91330100MABCDEF10F",
        "region": REGION,
        "address": address,
        "usage_category": UsageCategory.LARGE_INDUSTRY,
        "industry": Industry.C,
        "has_transformer": True,
        "applied_capacity": capacity,
        "voltage": Voltage.KV10,
        "supply_mode": SupplyMode.SINGLE,
        "load_grade": LoadGrade.THIRD,
        "intended_connection_on": timezone.localdate() + timedelta(days=120),
        "legal_name": "演示法人",
        "legal_id_number": people.id_number(1),
        "handler_name": customer.name,
        "handler_id_number": people.id_number(2),
        "handler_phone": customer.phone,
        **answers,
    }
    with transaction.atomic():
        order = WorkOrder.objects.create(customer=customer)
        application = Application.objects.create(order=order, **declared)
        if declared["has_transformer"]:
            Transformer.objects.create(application=application, capacity=capacity, count=1)
    attach_needed(order, Stage.APPLICATION)
    return order


def attach_needed(order: WorkOrder, stage: Stage) -> None:
    """Upload one file of every kind that the stage needs and has none of: PDFs and photos in turn."""
    lacking = submissions.missing(order, stage)
    for number, kind in enumerate(stage.kinds):
        if kind in lacking:
            file = samples.pdf(kind.label) if number % 2 else samples.photo(kind.label)
            uploads.attach(order, kind, file, by=order.customer)


def drive(order: WorkOrder, target: str, *, manager: User, failed: Collection[str] = (), **choices: Any) -> WorkOrder:
    """Take an order along the main road until it is in `target`; return it. See `walk`."""
    for _ in walk(order, target, manager=manager, failed=failed, **choices):
        pass
    return WorkOrder.objects.get(pk=order.pk)


def walk(
    order: WorkOrder, target: str, *, manager: User, failed: Collection[str] = (), **choices: Any
) -> Iterator[WorkOrder]:
    """Take the steps to `target` one by one, and yield the order before each of them.

    `failed` names opinion steps whose first round fails; `choices` are those of `prepare`. Raises ValueError where
    the main road does not lead from the order to `target`.
    """
    order, failing = WorkOrder.objects.get(pk=order.pk), set(failed)
    while order.state != target:
        yield order
        by = order.customer if order.state in State.customer_states else manager
        step = next((step for step in flow.steps_for(order, by) if step.name in ROAD), None)
        if step is None:
            raise ValueError(f"{target} is not on the main road, which ends at {order.state}")
        given = prepare(order, step, manager=manager, fails=step.name in failing, **choices)
        order = flow.advance(order, step.name, given, by=by)
        failing.discard(step.name)


def prepare(
    order: WorkOrder,
    step: Step,
    *,
    manager: User,
    short: bool = False,
    fails: bool = False,
    contract: ContractMethod = ContractMethod.SIGNATURE,
    sealing: Sealing = Sealing.NONE,
) -> inputs.Given:
    """Do what a step of the main road needs before it, such as handing in papers, and return the step's input.

    With `short` the plan waives design review and mid-inspection; `fails` is an opinion's verdict, `contract` how the
    customer signs the contract, `sealing` when the supplier's seal goes on the papers.
    """
    match step.name:
        case "accept":
            return inputs.Acceptance(manager=manager)
        case "book_survey":
            return inputs.SurveyWish(intended_survey_at=visit_at(2))
        case "dispatch_survey":
            return inputs.Dispatch(survey_at=order.intended_survey_at or visit_at(2), surveyor=manager.name)
        case "issue_supply_plan":
            return _plan(order, short=short, sealing=sealing)
        case "open_contract":
            return inputs.ContractIssue(term_years=3, sign_place="浙江省杭州市", sealing=sealing)
        case "sign_contract":
            return _contract(order, contract)
        case "archive":
            return inputs.Archiving(energised_on=timezone.localdate(), meter_reading=Decimal(0))
    if step.issues:
        return _opinion(fails, sealing=sealing)
    if step.page == "submission":
        return _hand_in(order)
    return signing(order.issued(step.signs).document) if step.signs else inputs.Nothing()


def signing(document: Document) -> inputs.Signing:
    """Return handwriting for the document as it is now."""
    return inputs.Signing(hand=Strokes.parse(samples.scribble()), sha256=document.current.sha256)


def confirmed(user: User) -> dict:
    """Return what an act on a contract keeps of the code that confirmed it, as if one had been sent just now."""
    return {"confirmed_phone": user.masked_phone, "confirmed_at": timezone.now()}


def visit_at(days: int) -> datetime:
    """Return half past nine in the morning, so many working days from today."""
    day, _ = deadlines.add_working_days(timezone.localdate(), days)
    return timezone.make_aware(datetime.combine(day, time(9, 30)))


def _plan(order: WorkOrder, *, short: bool, sealing: Sealing) -> inputs.SupplyPlanIssue:
    declared = order.application
    return inputs.SupplyPlanIssue(
        capacity=declared.applied_capacity or 0,
        voltage=declared.voltage or Voltage.KV10,
        supply_mode=declared.supply_mode,
        source="110 kV 演示变电站 10 kV 演示 101 线，电缆 T 接",
        demarcation="用户进线第一断路器电源侧接线端子处",
        metering=Metering.HIGH_HIGH,
        tariff=declared.usual_tariff,
        power_factor=Decimal("0.90"),
        needs_design_review=not short,
        needs_mid_inspection=not short,
        suggested_connection_on=timezone.localdate() + timedelta(days=90),
        sealing=sealing,
    )


def _opinion(fails: bool, *, sealing: Sealing) -> inputs.Opinion:
    verdict = Verdict.FAIL if fails else Verdict.PASS
    mend_by = timezone.localdate() + timedelta(days=14) if fails else None
    return inputs.Opinion(verdict=verdict, remarks=_REMARKS[verdict], mend_by=mend_by, sealing=sealing)


def _hand_in(order: WorkOrder) -> inputs.Given:
    if (stage := submissions.open_stage(order)) is None:
        raise ValueError(f"{order} takes no papers now")
    draft = submissions.open_round(order, stage)
    draft.intended_connection_on = timezone.localdate() + timedelta(days=60)
    draft.partner_name, draft.partner_phone = _PARTNERS[stage]
    draft.declared = True
    if stage == Stage.COMPLETION and order.chooses_basic_charge:
        draft.basic_charge = BasicCharge.CAPACITY
    draft.save()
    attach_needed(order, stage)
    if stage == Stage.COMPLETION and (document := completion.prepare(order, by=order.customer).document):
        return signing(document)
    return inputs.Nothing()


def _contract(order: WorkOrder, method: ContractMethod) -> inputs.Given:
    if method == ContractMethod.SCAN:
        attach_needed(order, Stage.CONTRACT)
        return inputs.ContractScan(**confirmed(order.customer))
    facts = signing(order.issued(PaperKind.CONTRACT).document).facts | confirmed(order.customer)
    if method == ContractMethod.SEAL:
        facts["seal"] = Seal.objects.of(order.customer).usable().get(kind=SealKind.CONTRACT)
    return inputs.ContractSigning(contract_method=method, **facts)
