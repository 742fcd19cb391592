"""合同签订: the choice of ways; by seal or by hand: choose, write, look, confirm with a code."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import CodePurpose
from accounts.login import challenges, codes
from accounts.models import User
from accounts.requests import UserRequest
from bandian.web.posting import posted
from files.serving import harden_response
from signing import proposals
from signing.models import Proposal, Seal
from workorders.contract import confirming
from workorders.enums import PaperKind
from workorders.forms.contract_forms import ConfirmForm, SealSignForm
from workorders.forms.customer_forms import SignForm
from workorders.journey import setbacks
from workorders.models import WorkOrder
from workorders.views.access import client_of, idempotent, own_order, warn_of_forgery
from workorders.views.file_pages import page_urls


@require_safe
def contract(request: UserRequest, pk: UUID) -> HttpResponse:
    """合同签订选择: what waits to be confirmed first, then the three ways."""
    order = own_order(request, pk, "sign_contract")
    setbacks.attach([order])
    context = {"order": order, "paper": order.paper(PaperKind.CONTRACT)}
    return render(request, "workorders/contract.html", context | _proposal_context(order, request.user))


@require_safe
def seals(request: UserRequest, pk: UUID) -> HttpResponse:
    """电子签章管理: apply, cancel, my seals, and the seals that fit this contract."""
    order = own_order(request, pk, "sign_contract")
    usable = confirming.seals_for(order, request.user)
    context = {"order": order, "seals": usable, "back": request.path}
    context["why"] = "" if usable else confirming.why_no_seal(order, request.user)
    return render(request, "workorders/seals.html", context)


@require_http_methods(["GET", "POST"])
@idempotent
def seal(request: UserRequest, pk: UUID, seal: UUID) -> HttpResponse:
    """签字环节: the handwriting that goes beside the seal; it leads to the preview."""
    order = own_order(request, pk, "sign_contract")
    chosen = get_object_or_404(Seal.objects.of(request.user).select_related("enterprise"), pk=seal)
    document = confirming.document_of(order)
    warn_of_forgery(request, document, seal=chosen.pk)
    form = SealSignForm(posted(request), signer=request.user, initial={"sha256": document.current.sha256})
    if request.method == "POST" and form.is_valid() and _propose(request, order, chosen, form):
        return redirect("workorders:contract_preview", order.pk)
    context = {"order": order, "form": form, "seal": chosen, "document": document}
    return render(request, "workorders/seal_sign.html", context)


@require_http_methods(["GET", "POST"])
@idempotent
def sign(request: UserRequest, pk: UUID) -> HttpResponse:
    """在线签字: the whole contract and the handwriting alone; it leads to the confirmation."""
    order = own_order(request, pk, "sign_contract")
    paper = order.paper(PaperKind.CONTRACT)
    document = paper.document
    warn_of_forgery(request, document)
    form = SignForm(posted(request), signer=request.user, initial={"sha256": document.current.sha256})
    if request.method == "POST" and form.is_valid() and _propose(request, order, None, form):
        return redirect("workorders:contract_confirm", order.pk)
    context = {"order": order, "form": form, "document": document, "paper": paper, "pages": page_urls(order, document)}
    context |= {"title": "高压供用电合同签字", "back": "workorders:contract", "button": "下一步：短信确认"}
    return render(request, "workorders/sign.html", context)


@require_safe
def preview(request: UserRequest, pk: UUID) -> HttpResponse:
    """查看合同: every page, the signing page with seal and handwriting marked 预览."""
    order = own_order(request, pk, "sign_contract")
    context = _proposal_context(order, request.user)
    if not context["proposal"] or context["void"]:
        return redirect("workorders:contract", order.pk)
    document = confirming.document_of(order)
    pages = page_urls(order, document)
    signing_page = document.fields.get(role=context["proposal"].role).page
    pages[signing_page] = context["picture"]
    context |= {"order": order, "document": document, "pages": pages, "signing_page": signing_page + 1}
    return render(request, "workorders/seal_preview.html", context)


@require_safe
def preview_page(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Send the signing page with what is meant on it; no browser keeps it."""
    order = own_order(request, pk, "sign_contract")
    proposal = confirming.proposal_of(order)
    if proposal is None or _why_void(proposal, request.user):
        return HttpResponse("预览已作废。", content_type="text/plain; charset=utf-8", status=404)
    return harden_response(HttpResponse(proposals.picture(proposal), content_type="image/png"))


@require_POST
def discard(request: UserRequest, pk: UUID) -> HttpResponse:
    """放弃."""
    order = own_order(request, pk, "sign_contract")
    confirming.discard(order, by=request.user)
    challenges.finish_act(request)
    messages.success(request, "签章预览已删除，合同没有签署。")
    return redirect("workorders:contract", order.pk)


@require_POST
def code(request: UserRequest, pk: UUID) -> HttpResponse:
    """获取验证码: send the code that confirms this act only."""
    order = own_order(request, pk, "sign_contract")
    proposal = confirming.proposal_of(order)
    if proposal is None or _why_void(proposal, request.user):
        return redirect("workorders:contract", order.pk)
    try:
        act, subject = confirming.act_of(order, proposal), confirming.subject_of(proposal)
        challenges.start_act(request, act=act, subject=subject)
    except ValidationError as error:
        messages.error(request, error.message)
    return redirect("workorders:contract_confirm", order.pk)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code")
@idempotent
def confirm(request: UserRequest, pk: UUID) -> HttpResponse:
    """确认并盖章: what is signed or sealed with what as whom, and the code that makes it effective."""
    form = ConfirmForm(posted(request))
    if form.is_valid() and (answer := _confirm(request, own_order(request, pk), form)):
        return answer
    order = own_order(request, pk, "sign_contract")
    context = _proposal_context(order, request.user)
    proposal = context["proposal"]
    if proposal is None or context["void"]:
        return redirect("workorders:contract", order.pk)
    document = confirming.document_of(order)
    context |= {"order": order, "form": form, "document": document, "pages": len(page_urls(order, document))}
    context |= code_context(request, confirming.subject_of(proposal))
    return render(request, "workorders/seal_confirm.html", context)


def code_context(request: UserRequest, subject: str) -> dict[str, Any]:
    """Return what a page shows that asks for the code of an act (`_act_code.html`)."""
    asked = challenges.awaits_act(request, subject)
    return {
        "asked": asked,
        "demo_text": challenges.demo_text(request),
        "wait": codes.seconds_to_wait(request.user.phone, CodePurpose.SIGN),
    }


def _propose(request: UserRequest, order: WorkOrder, chosen: Seal | None, form: SignForm) -> bool:
    """Keep the preview; False, with the reason on the form, where it is refused."""
    hand, sha256 = form.cleaned_data["strokes"], form.cleaned_data["sha256"]
    try:
        confirming.propose(order, by=request.user, seal=chosen, hand=hand, sha256=sha256)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


def _confirm(request: UserRequest, order: WorkOrder, form: ConfirmForm) -> HttpResponse | None:
    """Take the act; return where it leads, or None with the reason on the form."""
    if proposal := confirming.proposal_of(order):
        warn_of_forgery(request, proposal.document, seal=proposal.seal_id)
    try:
        session, client = challenges.browser(request), client_of(request)
        signature = confirming.confirm(order, by=request.user, session=session, client=client, **form.cleaned_data)
    except (confirming.Restart, proposals.Void) as error:
        challenges.finish_act(request)
        messages.error(request, error.message)
        return redirect("workorders:contract", order.pk)
    except ValidationError as error:
        form.add_error("code" if error.code in ("wrong", "expired") else None, error)
        return None
    challenges.finish_act(request)
    messages.success(request, f"《{signature.field.document.title}》已{signature.act}，合同已生效。")
    return redirect("workorders:records")


def _proposal_context(order: WorkOrder, user: User) -> dict[str, Any]:
    """Return the preview, why it is void if it is, and the address of its picture."""
    proposal = confirming.proposal_of(order)
    if proposal is None:
        return {"proposal": None}
    return {"proposal": proposal, "void": _why_void(proposal, user), "picture": _picture_url(order, proposal)}


def _why_void(proposal: Proposal, user: User) -> str:
    try:
        proposals.check(proposal, by=user)
    except proposals.Void as error:
        return str(error.message)
    return ""


def _picture_url(order: WorkOrder, proposal: Proposal) -> str:
    return f"{reverse('workorders:contract_preview_page', args=[order.pk])}?v={proposal.pk.hex[:8]}"
