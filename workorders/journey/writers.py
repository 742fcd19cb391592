"""What a step writes beside the order's own fields: submissions, papers, signatures, numbers.

All of it follows from the step's row, but for what `_writes` adds to a single step. It runs inside `flow.advance`, with
the order locked, before the transition.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from signing.enums import Role
from signing.models import Document, Revision, Seal
from signing.pdf.intake import Admitted
from signing.services import Act, Superseded, issue, sign, void
from workorders import inputs, papers, search
from workorders.enums import ContractMethod, PaperKind, Stage, Verdict
from workorders.journey import submissions, supplier_seals
from workorders.limits.calendar import a_year_after
from workorders.limits.rules import Rules
from workorders.models import DailyCounter, FollowUp, Paper, ServiceArea, SupplyPlan, WorkOrder
from workorders.models.service_choices import Owed
from workorders.models.step import Step


@dataclass
class Written:
    """What came of a step: `fields` for its transition, `facts` for the trace."""

    fields: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


_OWN: dict[str, Callable[..., dict[str, Any] | None]] = {}
_Own = TypeVar("_Own", bound=Callable[..., dict[str, Any] | None])


def write(step: Step, order: WorkOrder, given: inputs.Given, *, by: User) -> Written:
    """Write what belongs to a step; raises ValidationError where something is missing or must not be."""
    written = Written()
    if own := _OWN.get(step.name):
        written.fields = own(order, given, by=by) or {}
    if step.issues and isinstance(given, inputs.Issue):
        written.facts |= _issue(order, step.issues, given, by=by)
    # The contract's row names both: it is signed, or handed in as the scan of the stamped paper.
    if step.signs and isinstance(given, inputs.Signing):
        written.facts |= _sign(order, step.signs, given, by=by)
        if failed := _failed_stage(order, step.signs):
            submissions.carry_over(order, failed)
    elif step.hands_in:
        written.facts |= _hand_in(order, step.hands_in, given, by=by)
    return written


def _writes(name: str) -> Callable[[_Own], _Own]:
    """Register a function as what a single step writes or asks besides; it returns the fields of the transition."""

    def register(function: _Own) -> _Own:
        _OWN[name] = function
        return function

    return register


@_writes("submit")
def _draw_application_number(order: WorkOrder, given: inputs.Nothing, *, by: User) -> dict[str, Any]:
    application = order.application
    if problems := application.problems():
        raise ValidationError(problems)
    application.words = search.words(application.company, application.address, application.handler_name)
    application.save(update_fields=["words"])
    return {
        "application_number": order.application_number or "SQ" + DailyCounter.draw("application"),
        "service_area": ServiceArea.objects.serving(application.region, application.voltage or 0),
    }


@_writes("accept")
def _draw_order_number(order: WorkOrder, given: inputs.Acceptance, *, by: User) -> dict[str, Any]:
    if not order.service_area.managers.filter(pk=given.manager.pk).exists():
        raise ValidationError({"manager": "请选择本供电单位的客户经理。"})
    if order.application.code_doubt and not given.code_confirmed:
        raise ValidationError(f"统一社会信用代码{order.application.code_doubt}，请先对照营业执照核对。")
    return {"number": DailyCounter.draw("order"), "account_number": "7" + DailyCounter.draw("account")}


@_writes("issue_supply_plan")
def _keep_terms(order: WorkOrder, given: inputs.SupplyPlanIssue, *, by: User) -> None:
    plan = plan_of(order, given)
    plan.check_terms(needs_design_review=given.needs_design_review)
    plan.save()


@_writes("sign_supply_plan")
def _bind_plan(order: WorkOrder, given: inputs.Signing, *, by: User) -> dict[str, Any]:
    """A signed supply plan binds for a year (供电营业规则)."""
    return {"plan_expires_on": a_year_after(timezone.localdate())}


@_writes("sign_contract")
def _check_contract(order: WorkOrder, given: inputs.Given, *, by: User) -> None:
    check_may_sign(by)
    seal = given.seal if isinstance(given, inputs.ContractSigning) else None
    if seal and seal.enterprise.credit_code != order.application.credit_code:
        raise ValidationError(f"印章“{seal}”的企业与合同用电人的统一社会信用代码不一致，不能使用，请另选印章。")


@_writes("terminate")
@_writes("withdraw")
def _void_papers(order: WorkOrder, given: inputs.Given, *, by: User) -> None:
    """What an order that is ended brought forth no longer counts."""
    void(Document.objects.filter(Q(paper__order=order) | Q(submission__order=order)), reason="工单已终止")


@_writes("object_to_supply_plan")
def _void_plan(order: WorkOrder, given: inputs.Given, *, by: User) -> None:
    _void_rounds(order, PaperKind.SUPPLY_PLAN, reason="客户提出异议，供电方案重新答复")


@_writes("reject_contract_scan")
def _return_scan(order: WorkOrder, given: inputs.Given, *, by: User) -> None:
    submissions.carry_over(order, Stage.CONTRACT)


@_writes("archive")
def _archive(order: WorkOrder, given: inputs.Archiving, *, by: User) -> None:
    began = timezone.localdate(order.accepted_at or order.created_at)
    if given.energised_on < began:
        raise ValidationError({"energised_on": f"送电日期不能早于工单受理日期 {began}，请核对年份。"})
    is_scan = order.contract_method == ContractMethod.SCAN
    if not is_scan and order.issued(PaperKind.CONTRACT).document.awaits(Role.SUPPLIER):
        raise ValidationError("供电企业还没有在合同上盖章，请先办理“供电企业盖章”，再送电归档。")
    today, area = timezone.localdate(), order.service_area_id
    due_on, is_estimate = Rules().owed(Owed.FOLLOW_UP, today, area_id=area)
    FollowUp.objects.create(order=order, due_on=due_on, due_is_estimate=is_estimate)


def plan_of(order: WorkOrder, given: inputs.SupplyPlanIssue) -> SupplyPlan:
    """Return the (unsaved) technical terms that a supply plan's form gathered."""
    names = [each.name for each in SupplyPlan._meta.fields if each.name != "order"]
    return SupplyPlan(order=order, **{name: getattr(given, name) for name in names})


def paper_content(order: WorkOrder, kind: PaperKind, given: inputs.Issue, *, by: User) -> Admitted | bytes:
    """Return the PDF of a paper that is about to be issued: the manager's own, or one made from the order."""
    if given.own:
        return given.own
    facts = given.facts | {"by": by, "round": _next_round(order, kind)}
    if kind == PaperKind.CONTRACT:
        facts["contract_number"] = f"GY-{order.number}"
    return papers.make(kind, order, facts)


def next_paper(order: WorkOrder, kind: PaperKind) -> Paper:
    """Return the (unsaved) paper that would be issued next; its text is the title of its document."""
    return Paper(order=order, kind=kind, round=_next_round(order, kind))


def check_may_sign(user: User) -> None:
    """Raise ValidationError for a day after a new phone, or a password set without the old one: a thief's perhaps."""
    if until := user.signing_hold_until:
        when = date_format(timezone.localtime(until), "n月j日 H:i")
        raise ValidationError(f"手机号刚刚更换或密码刚刚重置，为了您的安全，{when} 之后才能签字。")


def paper_facts(paper: Paper, sha256: str, seal: Seal | None = None) -> dict[str, Any]:
    """Return what the trace keeps of a paper: which one, the hash of its file after the act, the seal put on it, and
    of an opinion what it says.
    """
    facts: dict[str, Any] = {"paper_id": str(paper.pk), "paper": str(paper), "sha256": sha256}
    facts |= {"seal_id": str(seal.pk), "seal": str(seal)} if seal else {}
    return facts | ({"verdict": paper.verdict, "mend_by": paper.mend_by} if paper.verdict else {})


def _next_round(order: WorkOrder, kind: str) -> int:
    return order.papers.filter(kind=kind).count() + 1


def _void_rounds(order: WorkOrder, kind: str, *, reason: str) -> None:
    """Say of the rounds so far of a paper that they no longer count."""
    void(Document.objects.filter(paper__in=order.papers.filter(kind=kind)), reason=reason)


def _issue(order: WorkOrder, kind: PaperKind, given: inputs.Issue, *, by: User) -> dict[str, Any]:
    paper = next_paper(order, kind)
    _void_rounds(order, kind, reason=f"已由《{paper}》代替")
    paper.issued_by, paper.remarks = by, given.remarks
    if isinstance(given, inputs.Opinion):
        paper.verdict = given.verdict
        paper.mend_by = given.mend_by if given.verdict == Verdict.FAIL else None
    terms = supplier_seals.terms(order, kind, sealing=given.sealing, cross_page=given.cross_page)
    content = paper_content(order, kind, given, by=by)
    how: dict[str, Any] = {"signers": terms.signers, "sealed": terms.sealed, "cross_page": terms.cross_page}
    paper.document = issue(content, title=str(paper), by=by, placed=given.placed, **how)
    paper.save()
    if terms.seal:
        act = Act(paper.document.current.sha256, seal=terms.seal, **asdict(given.client))
        sign(paper.document, act, role=Role.SUPPLIER, by=by)
    return paper_facts(paper, paper.document.current.sha256, terms.seal)


def _sign(order: WorkOrder, kind: PaperKind, given: inputs.Signing, *, by: User) -> dict[str, Any]:
    """Put the customer's handwriting, and seal, on the latest round of a paper."""
    paper = order.issued(kind)
    revision = _put_signature(paper.document, given, by=by)
    return paper_facts(paper, revision.sha256, given.seal)


def _hand_in(order: WorkOrder, stage: Stage, given: inputs.Given, *, by: User) -> dict[str, Any]:
    """Hand in a stage's open round; where the step is a signature, the round's own form is signed.

    Raises Superseded where what the form names has changed since it was made.
    """
    submission, signed = submissions.draft(order, stage), {}
    if isinstance(given, inputs.Signing):
        if submission.document is None or not submissions.form_stands(order, submission):
            raise Superseded
        signed = {"sha256": _put_signature(submission.document, given, by=by).sha256}
    submission = submissions.hand_in(order, stage, by=by)
    earlier = order.submissions.filter(stage=stage).exclude(pk=submission.pk)
    void(Document.objects.filter(submission__in=earlier), reason=f"已由《{submission}》的申请表代替")
    return {"submission_id": str(submission.pk), "submission": str(submission)} | signed


def _failed_stage(order: WorkOrder, kind: str) -> Stage | None:
    """Return the stage whose next round a signed opinion opens, because it says 不合格."""
    stage = next((stage for stage in Stage if stage.opinion == kind), None)
    return None if stage is None or order.has_passed(kind) else stage


def _put_signature(document: Document, given: inputs.Signing, *, by: User) -> Revision:
    check_may_sign(by)
    act = Act(
        seen=given.sha256,
        hand=given.hand,
        seal=given.seal,
        confirmed_phone=given.confirmed_phone,
        confirmed_at=given.confirmed_at,
        **asdict(given.client),
    )
    return sign(document, act, role=Role.CUSTOMER, by=by)
