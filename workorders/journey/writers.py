"""What a step writes beside the order's own fields: submissions, papers, signatures, numbers.

Each function runs inside `flow.advance`, with the order locked, before the transition; what it returns joins the data.
"""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from signing.enums import Role
from signing.services import Act, issue, sign
from workorders import papers, search
from workorders.enums import ContractMethod, PaperKind, Sealing, Stage, Verdict
from workorders.journey import submissions
from workorders.journey import supplier_seals as sealings
from workorders.limits.calendar import a_year_after
from workorders.models import DailyCounter, Paper, ServiceArea, SupplyPlan


def write(name, order, *, by, **data):
    """Write a step's rows and return the facts that the transition and the trace need besides the form's."""
    writer = _WRITERS.get(name)
    return writer(order, by=by, **data) or {} if writer else {}


def plan_terms(order, data):
    """Return the (unsaved) technical terms that a supply plan's form gathered."""
    names = [field.name for field in SupplyPlan._meta.fields if field.name != "order"]
    return SupplyPlan(order=order, **{name: data[name] for name in names})


def _submit(order, *, by, **_):
    if problems := order.application.problems():
        raise ValidationError(problems)
    submissions.hand_in(order, Stage.APPLICATION, by=by)
    application = order.application
    application.words = search.words(application.company, application.address, application.handler_name)
    application.save(update_fields=["words"])
    return {
        "application_number": "SQ" + DailyCounter.draw("application"),
        "service_area": ServiceArea.objects.serving(application.region, application.voltage),
    }


def _accept(order, *, manager, **_):
    if not order.service_area.managers.filter(pk=manager.pk).exists():
        raise ValidationError({"manager": "请选择本供电单位的客户经理。"})
    return {"number": DailyCounter.draw("order"), "account_number": "7" + DailyCounter.draw("account")}


def _issue_plan(order, *, by, **data):
    plan_terms(order, data).save()
    return _issue(PaperKind.SUPPLY_PLAN)(order, by=by, **data)


def paper_content(kind, order, *, by, pdf=None, **data):
    """Return the PDF of a paper that is about to be issued: the manager's own, or one made from the order."""
    if pdf:
        return pdf.read()
    facts = {**data, "by": by, "round": _next_round(order, kind)}
    if kind == PaperKind.CONTRACT:
        facts["contract_number"] = f"GY-{order.number}"
    return papers.make(kind, order, facts)


def _issue(kind):
    """Return the writer that issues a paper."""

    def issue_paper(
        order, *, by, verdict="", remarks="", mend_by=None, draft=b"", placed=None, sealing=Sealing.NONE, **data
    ):
        content = draft or paper_content(kind, order, by=by, verdict=verdict, remarks=remarks, mend_by=mend_by, **data)
        terms = sealings.terms(order, kind, sealing=sealing, riding=data.get("riding", False))
        paper = next_paper(order, kind)
        how = {"signers": terms.signers, "sealed": terms.sealed, "riding": terms.riding}
        paper.document = issue(content, title=str(paper), by=by, placed=placed, **how)
        paper.issued_by, paper.verdict, paper.remarks, paper.mend_by = by, verdict, remarks, mend_by
        paper.save()
        if terms.seal:
            act = Act(paper.document.current.sha256, seal=terms.seal, **_client(data))
            sign(paper.document, act, role=Role.SUPPLIER, by=by)
        facts = {"paper": str(paper), "sha256": paper.document.current.sha256}
        return {**facts, "seal": str(terms.seal)} if terms.seal else facts

    return issue_paper


def next_paper(order, kind):
    """Return the (unsaved) paper that would be issued next; its text is the title of its document."""
    return Paper(order=order, kind=kind, round=_next_round(order, kind))


def _client(data):
    return {name: data[name] for name in ("ip", "user_agent") if name in data}


def _next_round(order, kind):
    return order.papers.filter(kind=kind).count() + 1


def check_may_sign(user):
    """Raise ValidationError for a day after a change of phone, which may be a thief's."""
    if until := user.signing_hold_until:
        when = date_format(timezone.localtime(until), "n月j日 H:i")
        raise ValidationError(f"手机号刚刚更换，为了您的安全，{when} 之后才能签字。")


def _put_signature(document, *, by, sha256, strokes=None, seal=None, **details):
    """Sign as the customer."""
    check_may_sign(by)
    known = {name: details[name] for name in ("ip", "user_agent", "confirmed_phone", "confirmed_at") if name in details}
    return sign(document, Act(seen=sha256, hand=strokes, seal=seal, **known), role="customer", by=by)


def _sign(kind):
    """Return the writer that puts the customer's handwriting on the latest round of a paper."""

    def sign_paper(order, *, by, **data):
        paper = order.paper(kind)
        revision = _put_signature(paper.document, by=by, **data)
        verdict = {"verdict": Verdict(paper.verdict).label} if paper.verdict else {}
        return {"paper": str(paper), "sha256": revision.sha256, **verdict}

    return sign_paper


def _sign_plan(order, *, by, **data):
    """Sign the supply plan, which then binds for a year (供电营业规则)."""
    facts = _sign(PaperKind.SUPPLY_PLAN)(order, by=by, **data)
    return {**facts, "plan_expires_on": a_year_after(timezone.localdate())}


def _hand_in(stage):
    def hand_in(order, *, by, **_):
        submission = submissions.hand_in(order, stage, by=by)
        return {"submission": str(submission)}

    return hand_in


def _submit_completion(order, *, by, **data):
    submission = submissions.draft(order, Stage.COMPLETION)
    revision = _put_signature(submission.document, by=by, **data)
    submissions.hand_in(order, Stage.COMPLETION, by=by)
    return {"submission": str(submission), "sha256": revision.sha256}


def _sign_contract(order, *, by, contract_method, **data):
    if contract_method == ContractMethod.SCAN:
        return _hand_in(Stage.CONTRACT)(order, by=by)
    seal = data.get("seal")
    if seal and seal.enterprise.credit_code != order.application.credit_code:
        raise ValidationError(f"印章“{seal}”的企业与合同用电人的统一社会信用代码不一致，不能使用，请另选印章。")
    facts = _sign(PaperKind.CONTRACT)(order, by=by, **data)
    return {**facts, "seal": str(seal)} if seal else facts


def _archive(order, **_):
    is_scan = order.contract_method == ContractMethod.SCAN
    if not is_scan and order.paper(PaperKind.CONTRACT).document.awaits(Role.SUPPLIER):
        raise ValidationError("供电企业还没有在合同上盖章，请先办理“供电企业盖章”，再送电归档。")


_WRITERS = {
    "submit": _submit,
    "accept": _accept,
    "issue_supply_plan": _issue_plan,
    "sign_supply_plan": _sign_plan,
    "submit_design": _hand_in(Stage.DESIGN),
    "issue_design_opinion": _issue(PaperKind.DESIGN_OPINION),
    "sign_design_opinion": _sign(PaperKind.DESIGN_OPINION),
    "submit_mid_inspection": _hand_in(Stage.MID),
    "issue_mid_notice": _issue(PaperKind.MID_NOTICE),
    "sign_mid_notice": _sign(PaperKind.MID_NOTICE),
    "submit_completion": _submit_completion,
    "issue_completion_opinion": _issue(PaperKind.COMPLETION_OPINION),
    "sign_completion_opinion": _sign(PaperKind.COMPLETION_OPINION),
    "open_contract": _issue(PaperKind.CONTRACT),
    "sign_contract": _sign_contract,
    "archive": _archive,
}
