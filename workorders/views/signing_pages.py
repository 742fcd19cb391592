"""Signature pages: read, tick, draw, sign; and the contract as a scan of the stamped paper."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bandian.web.posting import posted
from workorders.enums import PaperKind, Stage, Verdict
from workorders.forms.customer_forms import ScanForm, SignForm
from workorders.inputs import ContractScan
from workorders.journey import submissions
from workorders.models import STEPS
from workorders.views.access import advance_or_show, client_of, idempotent, own_order, warn_of_forgery
from workorders.views.file_pages import page_urls
from workorders.views.upload_pages import keep_uploads, upload_fields

# The opinions and the supply plan; the contract has pages of its own.
_STEPS = {name: step for name, step in STEPS.items() if step.page == "sign"}


@require_http_methods(["GET", "POST"])
@idempotent
def sign(request, pk):
    """Sign the paper that waits: the supply plan or an opinion."""
    order = own_order(request, pk, *_STEPS)
    step = next(step for step in _STEPS.values() if order.state in step.source)
    return _sign(request, order, step, SignForm.given)


@require_http_methods(["GET", "POST"])
@idempotent
def contract_sign(request, pk):
    order = own_order(request, pk, "sign_contract")
    return _sign(request, order, STEPS["sign_contract"], SignForm.for_contract, back="workorders:contract")


@require_http_methods(["GET", "POST"])
def contract_scan(request, pk):
    """合同上传方式: the stamped contract as photos or scan."""
    order = own_order(request, pk, "sign_contract")
    form = ScanForm(posted(request))
    problems = keep_uploads(request, order, Stage.CONTRACT)
    whole = request.method == "POST" and form.is_valid() and not problems
    if whole and advance_or_show(request, order, "sign_contract", form, ContractScan()):
        messages.success(request, "盖章合同已提交，客户经理核对后安排送电。")
        return redirect("workorders:records")
    submissions.draft(order, Stage.CONTRACT)
    context = {"order": order, "form": form, "paper": order.paper(PaperKind.CONTRACT)}
    context["uploads"] = upload_fields(order, Stage.CONTRACT, problems)
    return render(request, "workorders/contract_scan.html", context)


def _sign(request, order, step, given, *, back="workorders:order"):
    """Show the paper with the pad below, and take the step with what `given` makes of the form."""
    paper = order.paper(step.signs)
    document = paper.document
    form = SignForm(posted(request), signer=request.user, initial={"sha256": document.current.sha256})
    warn_of_forgery(request, document)
    is_signed = request.method == "POST" and form.is_valid()
    if is_signed and advance_or_show(request, order, step.name, form, given(form, client_of(request))):
        messages.success(request, f"《{paper}》已签字。")
        return redirect("workorders:records")
    context = {"order": order, "form": form, "document": document, "paper": paper, "pages": page_urls(order, document)}
    context |= {"title": f"{paper.get_kind_display()}签字", "back": back, "button": "确认签字"}
    context["failed"] = paper.verdict == Verdict.FAIL
    return render(request, "workorders/sign.html", context)
