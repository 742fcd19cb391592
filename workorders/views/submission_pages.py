"""设计文件送审, 中间检查 and 竣工报验: fields, papers, declaration, and for the last a signature."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from bandian.web import review, versions
from bandian.web.posting import posted
from signing.services import Superseded
from workorders import hooks
from workorders.enums import Stage
from workorders.forms.customer_forms import SignForm, SubmissionForm
from workorders.inputs import Nothing
from workorders.journey import setbacks, submissions
from workorders.locks import Conflict
from workorders.models import STEPS, Submission, WorkOrder
from workorders.requests import completion
from workorders.views.access import advance_or_show, client_of, held, idempotent, own_order, warn_of_forgery
from workorders.views.file_pages import page_urls
from workorders.views.upload_pages import ask_for_missing, keep_uploads, upload_fields

_STEPS = {step.hands_in: step for step in STEPS.values() if step.page == "submission"}


@require_http_methods(["GET", "POST"])
def submission(request: UserRequest, pk: UUID) -> HttpResponse:
    order = own_order(request, pk, *(step.name for step in _STEPS.values()))
    if (stage := submissions.open_stage(order)) is None:
        raise Conflict(order)
    problems = keep_uploads(request, order, stage)
    if request.method == "POST":
        ask_for_missing(order, stage, problems)
    with held(request, order, _STEPS[stage].name) as order:
        facts = _facts(order, stage)
        form = SubmissionForm(posted(request), instance=submissions.draft(order, stage))
        if request.method == "POST" and (stale := versions.changed_elsewhere(facts, form)):
            versions.show_both(form, submissions.draft(order, stage), stale)
        answer = _forward(request, order, stage, form) if form.is_valid() and not problems else None
    if isinstance(answer, Conflict):
        raise answer
    if answer:
        return answer
    setbacks.attach([order])
    context = {"order": order, "form": form, "stage": stage, "round": form.instance}
    context |= {"uploads": upload_fields(order, stage, problems), "problems": problems}
    context["version"] = review.token(_facts(order, stage))
    return render(request, "workorders/submission.html", context)


@require_POST
def autosave(request: UserRequest, pk: UUID) -> HttpResponse:
    """Keep what is right so far; what is still wrong stays on the page only. 409: changed on another page."""
    order = own_order(request, pk, *(step.name for step in _STEPS.values()))
    if (stage := submissions.open_stage(order)) is None:
        raise Conflict(order)
    with held(request, order, _STEPS[stage].name) as order:
        facts = _facts(order, stage)
        form = SubmissionForm(request.POST, instance=submissions.draft(order, stage))
        form.is_valid()
        if versions.changed_elsewhere(facts, form):
            return JsonResponse({"error": {"code": "changed", "message": "这份资料在别处改过"}}, status=409)
        right = {name: value for name, value in form.cleaned_data.items() if name in form.changed_data}
        if right:
            row = submissions.open_round(order, stage)  # read anew: the form's own holds what is wrong too
            for name, value in right.items():
                setattr(row, name, value)
            row.save(update_fields=[*right])
        version = review.token(_facts(order, stage))
    return JsonResponse({"saved_at": f"{timezone.localtime():%H:%M}", "version": version})


@require_http_methods(["GET", "POST"])
@idempotent
def completion_sign(request: UserRequest, pk: UUID) -> HttpResponse:
    """预览竣工报验申请表并签名: the form as it will be handed in, with the pad below."""
    order = own_order(request, pk, "submit_completion")
    submission_round = submissions.draft(order, Stage.COMPLETION)
    document = submission_round.document
    is_whole = document and submissions.form_stands(order, submission_round)
    if document is None or not is_whole or submissions.missing(order, Stage.COMPLETION):
        if request.method == "POST":
            raise Superseded
        messages.warning(request, "申请表所列的内容还不全，或已经变化：请核对资料后再次提交，申请表会重新生成。")
        return redirect("workorders:submission", order.pk)
    warn_of_forgery(request, document)
    form = SignForm(posted(request), signer=request.user, initial={"sha256": document.current.sha256})
    is_signed = request.method == "POST" and form.is_valid()
    if is_signed and advance_or_show(request, order, "submit_completion", form, form.given(client_of(request))):
        messages.success(request, "竣工报验已提交。")
        return _next_page(request, submission_round)
    context = {"order": order, "form": form, "document": document, "pages": page_urls(order, document)}
    context |= {"title": "竣工报验签名", "back": "workorders:submission", "button": "签名并提交"}
    return render(request, "workorders/sign.html", context)


def _forward(
    request: UserRequest, order: WorkOrder, stage: Stage, form: SubmissionForm
) -> HttpResponse | Conflict | None:
    """Keep what was typed and hand the round in, with the order locked; a completion goes on to its signature.

    None where the form says what is wrong; a Conflict is returned, so that what was typed is kept all the same.
    """
    form.save()
    if stage == Stage.COMPLETION:
        completion.prepare(order, by=request.user)
        return redirect("workorders:completion_sign", order.pk)
    try:
        if not advance_or_show(request, order, _STEPS[stage].name, form, Nothing()):
            return None
    except Conflict as error:
        return error
    messages.success(request, f"{stage.label}已提交。")
    return _next_page(request, form.instance)


def _facts(order: WorkOrder, stage: Stage) -> dict[str, str]:
    return versions.facts_of(submissions.draft(order, stage), SubmissionForm.Meta.fields)


def _next_page(request: UserRequest, submission: Submission) -> HttpResponse:
    """Return to 服务记录, by way of the page that a hook wants shown first."""
    return redirect(hooks.after_submission(submission, request.user) or "workorders:records")
