"""Signature pages: read, tick, draw, sign; and the contract as a scan of the stamped paper."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.login import challenges
from accounts.requests import UserRequest
from bandian.web.posting import posted
from workorders.contract import confirming
from workorders.enums import PaperKind, Stage, Verdict
from workorders.forms.contract_forms import ScanForm
from workorders.forms.customer_forms import SignForm
from workorders.journey import setbacks, submissions
from workorders.models import STEPS, WorkOrder
from workorders.models.step import Step
from workorders.views.access import advance_or_show, client_of, idempotent, own_order, seen, warn_of_forgery
from workorders.views.contract_pages import code_context
from workorders.views.file_pages import page_urls
from workorders.views.upload_pages import ask_for_missing, keep_uploads, upload_fields

# The opinions and the supply plan; the contract has pages of its own.
_STEPS = {name: step for name, step in STEPS.items() if step.page == "sign"}


@require_http_methods(["GET", "POST"])
@idempotent
def sign(request: UserRequest, pk: UUID) -> HttpResponse:
    """Sign the paper that waits: the supply plan or an opinion."""
    order = own_order(request, pk, *_STEPS)
    step = next(step for step in _STEPS.values() if order.state in step.source)
    return _sign(request, order, step)


@require_http_methods(["GET", "POST"])
def contract_scan(request: UserRequest, pk: UUID) -> HttpResponse:
    """合同上传方式: the stamped contract as photos or scan; it leads to the confirmation."""
    order = own_order(request, pk, "sign_contract")
    form = Form(posted(request))
    problems = keep_uploads(request, order, Stage.CONTRACT)
    if request.method == "POST":
        ask_for_missing(order, Stage.CONTRACT, problems)
        if not problems:
            return redirect("workorders:contract_scan_confirm", order.pk)
    setbacks.attach([order])
    context = {"order": order, "form": form, "paper": order.paper(PaperKind.CONTRACT)}
    context |= {"uploads": upload_fields(order, Stage.CONTRACT, problems), "problems": problems}
    return render(request, "workorders/contract_scan.html", context)


@require_POST
def contract_scan_code(request: UserRequest, pk: UUID) -> HttpResponse:
    """获取验证码: send the code that confirms just these files."""
    order = own_order(request, pk, "sign_contract")
    if not submissions.missing(order, Stage.CONTRACT):
        act, subject = confirming.scan_act_of(order), confirming.scan_subject_of(order, request.user)
        try:
            challenges.start_act(request, act=act, subject=subject)
        except ValidationError as error:
            messages.error(request, error.message)
    return redirect("workorders:contract_scan_confirm", order.pk)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code")
def contract_scan_confirm(request: UserRequest, pk: UUID) -> HttpResponse:
    """确认提交: the files that are handed in, and the code that makes it effective."""
    order = own_order(request, pk, "sign_contract")
    if submissions.missing(order, Stage.CONTRACT):
        return redirect("workorders:contract_scan", order.pk)
    form = ScanForm(posted(request))
    if form.is_valid() and _hand_in_scan(request, order, form):
        challenges.finish_act(request)
        messages.success(request, "盖章合同已提交，客户经理核对后安排送电。")
        return redirect("workorders:records")
    [uploads] = upload_fields(order, Stage.CONTRACT)
    context = {"order": order, "form": form, "paper": order.paper(PaperKind.CONTRACT), "files": uploads.attachments}
    context |= code_context(request, confirming.scan_subject_of(order, request.user))
    return render(request, "workorders/contract_scan_confirm.html", context)


def _hand_in_scan(request: UserRequest, order: WorkOrder, form: ScanForm) -> bool:
    """Take the act; False, with the reason on the form, where it is refused."""
    code, session = form.cleaned_data["code"], challenges.browser(request)
    try:
        confirming.confirm_scan(order, by=request.user, code=code, session=session, seen=seen(request))
    except ValidationError as error:
        form.add_error("code" if error.code in ("wrong", "expired", "tries") else None, error.messages)
        return False
    return True


def _sign(request: UserRequest, order: WorkOrder, step: Step) -> HttpResponse:
    """Show the paper with the pad below, and take the step."""
    paper = order.issued(step.signs or "")
    document = paper.document
    form = SignForm(posted(request), signer=request.user, initial={"sha256": document.current.sha256})
    warn_of_forgery(request, document)
    is_signed = request.method == "POST" and form.is_valid()
    if is_signed and advance_or_show(request, order, step.name, form, form.given(client_of(request))):
        messages.success(request, f"《{paper}》已签字。")
        return redirect("workorders:records")
    context = {"order": order, "form": form, "document": document, "paper": paper, "pages": page_urls(order, document)}
    context |= {"title": f"{paper.get_kind_display()}签字", "back": "workorders:order", "button": "确认签字"}
    context["failed"] = paper.verdict == Verdict.FAIL
    return render(request, "workorders/sign.html", context)
