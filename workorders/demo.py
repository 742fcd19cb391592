"""Drives orders through their journey with invented people and real files, for the demo server and the tests."""

import io
import json
import math
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from signing.enums import SealKind
from signing.marks import fonts
from signing.marks.handwriting import Strokes
from signing.models import Seal
from workorders import inputs
from workorders.demo_people import id_number
from workorders.enums import (
    BasicCharge,
    ContractMethod,
    Industry,
    LoadGrade,
    Metering,
    PaperKind,
    Stage,
    SupplyMode,
    UsageCategory,
    Verdict,
    Voltage,
)
from workorders.journey import flow, submissions
from workorders.models import STEPS, Application, Transformer, WorkOrder
from workorders.requests import completion, uploads
from workorders.rights import is_customer

REGION = "330106"


def scribble():
    """Return handwriting as the pad sends it: two lively strokes."""
    wave = [[0.1 + 0.7 * t / 40, 0.5 + 0.3 * math.sin(t / 4) * math.exp(-t / 50), t * 12] for t in range(41)]
    sweep = [[0.2 + 0.6 * t / 25, 0.75 - 0.4 * (t / 25) ** 2, 600 + t * 10] for t in range(26)]
    return json.dumps({"width": 600, "height": 240, "strokes": [wave, sweep]})


def pdf(title, *, pages=2):
    """Return a small real PDF with embedded Chinese type, as an upload."""
    fonts.register()
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, initialFontName=fonts.SANS)
    for number in range(1, pages + 1):
        canvas.setFont(fonts.SANS, 20)
        canvas.drawString(72, 740, f"{title}（演示）")
        canvas.setFont(fonts.SANS, 11)
        canvas.drawString(72, 700, f"第 {number} 页，内容为演示数据，不作他用。")
        canvas.showPage()
    canvas.save()
    return SimpleUploadedFile(f"{title}.pdf", stream.getvalue(), "application/pdf")


def photo(title):
    """Return a JPEG as a phone would take it."""
    image = Image.new("RGB", (1200, 900), "#e8ece9")
    draw = ImageDraw.Draw(image)
    draw.rectangle((80, 80, 1120, 820), outline="#0a5d52", width=8)
    for line in range(8):
        draw.line((160, 220 + 60 * line, 1040 - 90 * (line % 3), 220 + 60 * line), fill="#8aa39c", width=10)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    return SimpleUploadedFile(f"{title}.jpg", stream.getvalue(), "image/jpeg")


def start(customer, *, company="演示精密制造有限公司", address="演示路 88 号", capacity=1000, **answers):
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
        "legal_id_number": id_number(1),
        "handler_name": customer.name,
        "handler_id_number": id_number(2),
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


def attach_needed(order, stage):
    """Upload one file of every kind that the stage needs: PDFs and photos in turn."""
    for number, kind in enumerate(stage.kinds):
        if kind.is_required:
            file = pdf(kind.label) if number % 2 else photo(kind.label)
            uploads.attach(order, kind, file, by=order.customer)


def drive(order, target, *, manager, short=False, failed=()):
    """Advance an order along the main road until it is in `target`; return it.

    With `short` the plan waives design review and mid-inspection; `failed` names opinion steps whose first round fails.
    """
    order = WorkOrder.objects.get(pk=order.pk)
    failing = set(failed)
    for _ in range(60):
        if order.state == target:
            return order
        name = _next(order)
        by = order.customer if STEPS[name].by is is_customer else manager
        given = given_for(order, STEPS[name], manager=manager, short=short, fails=name in failing)
        order = flow.advance(order, name, given, by=by)
        failing.discard(name)
    raise ValueError(f"{target} is not on the main road from {order.state}")


def seal_contract(order):
    """Sign the contract with the contract seal of the customer's enterprise; return the order."""
    seal = Seal.objects.of(order.customer).usable().get(kind=SealKind.CONTRACT)
    signing = signing_of(order.paper(PaperKind.CONTRACT).document)
    given = inputs.ContractSigning(contract_method=ContractMethod.SEAL, **signing.facts | {"seal": seal})
    return flow.advance(order, "sign_contract", given, by=order.customer)


def _next(order):
    """Return the name of the step along the main road."""
    names = {step.name for step in order.get_available_state_transitions()}
    return next(name for name in _ROAD if name in names)


_ROAD = [name for name, step in STEPS.items() if not step.is_aside]
_ROAD = [name for name in _ROAD if name not in ("return_for_correction", "reject_contract_scan")]


def given_for(order, step, *, manager, short=False, fails=False):
    """Return the input of a step along the main road, and make ready what it needs."""
    if step.name == "sign_contract":
        signing = signing_of(order.paper(step.signs).document)
        return inputs.ContractSigning(contract_method=ContractMethod.SIGNATURE, **signing.facts)
    if step.signs:
        return signing_of(order.paper(step.signs).document)
    if step.given is inputs.Opinion:
        verdict = Verdict.FAIL if fails else Verdict.PASS
        mend_by = timezone.localdate() + timedelta(days=14) if fails else None
        return inputs.Opinion(verdict=verdict, remarks=_REMARKS[verdict], mend_by=mend_by)
    if step.page == "submission":
        return _hand_in(order)
    return _GIVEN[step.name](order, manager, short) if step.name in _GIVEN else inputs.Nothing()


def _hand_in(order):
    stage = submissions.open_stage(order)
    draft = submissions.draft(order, stage)
    draft.intended_connection_on = timezone.localdate() + timedelta(days=60)
    draft.partner_name, draft.partner_phone, draft.declared = "演示联系", "13900000009", True
    if stage == Stage.COMPLETION and order.chooses_basic_charge:
        draft.basic_charge = BasicCharge.CAPACITY
    draft.save()
    attach_needed(order, stage)
    if stage == Stage.COMPLETION:
        return signing_of(completion.prepare(order, by=order.customer).document)
    return inputs.Nothing()


def signing_of(document) -> inputs.Signing:
    return inputs.Signing(hand=Strokes.parse(scribble()), sha256=document.current.sha256)


def visit(days):
    """Return a time of day for a survey, so many days ahead."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), datetime.min.time())) + (
        timedelta(hours=9, minutes=30)
    )


_REMARKS = {
    Verdict.PASS: "资料齐全，符合国家标准和电力行业技术规范要求。",
    Verdict.FAIL: "1. 进线柜保护定值与上级配合不足，请核对。\n2. 接地装置图缺少接地电阻计算，请补充。",
}
_GIVEN = {
    "accept": lambda order, manager, short: inputs.Acceptance(manager=manager),
    "book_survey": lambda order, manager, short: inputs.SurveyWish(intended_survey_at=visit(3)),
    "dispatch_survey": lambda order, manager, short: inputs.Dispatch(survey_at=visit(3), surveyor=manager.name),
    "issue_supply_plan": lambda order, manager, short: inputs.SupplyPlanIssue(
        capacity=order.application.applied_capacity,
        voltage=order.application.voltage,
        supply_mode=order.application.supply_mode,
        source="110 kV 演示变电站 10 kV 演示 101 线，电缆 T 接",
        demarcation="用户进线第一断路器电源侧接线端子处",
        metering=Metering.HIGH_HIGH,
        tariff=order.application.usual_tariff,
        power_factor=Decimal("0.90"),
        needs_design_review=not short,
        needs_mid_inspection=not short,
        suggested_connection_on=timezone.localdate() + timedelta(days=90),
    ),
    "open_contract": lambda order, manager, short: inputs.ContractIssue(term_years=3, sign_place="浙江省杭州市"),
    "archive": lambda order, manager, short: inputs.Archiving(
        energised_on=timezone.localdate(), meter_reading=Decimal(0)
    ),
}
