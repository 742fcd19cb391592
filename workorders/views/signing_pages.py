"""Signature pages: read, tick, draw, sign; and the contract as a scan of the stamped paper."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from workorders.enums import ContractMethod, PaperKind, Stage, Verdict
from workorders.forms.customer_forms import ScanForm, SignForm
from workorders.journey import submissions
from workorders.views.access import client, once, own_order, take, warn_of_forgery
from workorders.views.file_pages import page_urls
from workorders.views.upload_pages import keep_uploads, upload_fields

_PAPERS = {
    "sign_supply_plan": PaperKind.SUPPLY_PLAN,
    "sign_design_opinion": PaperKind.DESIGN_OPINION,
    "sign_mid_notice": PaperKind.MID_NOTICE,
    "sign_completion_opinion": PaperKind.COMPLETION_OPINION,
}


@require_http_methods(["GET", "POST"])
@once
def sign(request, pk):
    """Sign the paper that waits: the supply plan or an opinion."""
    order = own_order(request, pk, *_PAPERS)
    open_names = {step.name for step in order.get_available_state_transitions()}
    name = next(name for name in _PAPERS if name in open_names)
    return _sign(request, order, name, order.paper(_PAPERS[name]))


@require_http_methods(["GET", "POST"])
@once
def contract_sign(request, pk):
    order = own_order(request, pk, "sign_contract")
    paper = order.paper(PaperKind.CONTRACT)
    return _sign(
        request, order, "sign_contract", paper, back="workorders:contract", contract_method=ContractMethod.SIGNATURE
    )


@require_http_methods(["GET", "POST"])
def contract_scan(request, pk):
    """合同上传方式: the stamped contract as photos or scan."""
    order = own_order(request, pk, "sign_contract")
    form = ScanForm(request.POST if request.method == "POST" else None)
    problems = keep_uploads(request, order, Stage.CONTRACT)
    whole = request.method == "POST" and form.is_valid() and not problems
    if whole and take(request, order, "sign_contract", form, contract_method=ContractMethod.SCAN):
        messages.success(request, "盖章合同已提交，客户经理核对后安排送电。")
        return redirect("workorders:records")
    submissions.draft(order, Stage.CONTRACT)
    context = {"order": order, "form": form, "paper": order.paper(PaperKind.CONTRACT)}
    context["uploads"] = upload_fields(order, Stage.CONTRACT, problems)
    return render(request, "workorders/contract_scan.html", context)


def _sign(request, order, name, paper, *, back="workorders:order", **data):
    document = paper.document
    posted = request.POST if request.method == "POST" else None
    form = SignForm(posted, signer=request.user, initial={"sha256": document.current.sha256})
    warn_of_forgery(request, document)
    if request.method == "POST" and form.is_valid() and take(request, order, name, form, **client(request), **data):
        messages.success(request, f"《{paper}》已签字。")
        return redirect("workorders:records")
    context = {"order": order, "form": form, "document": document, "paper": paper, "pages": page_urls(order, document)}
    context |= {"title": f"{paper.get_kind_display()}签字", "back": back, "button": "确认签字"}
    context["failed"] = paper.verdict == Verdict.FAIL
    return render(request, "workorders/sign.html", context)
