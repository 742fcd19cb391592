"""设计文件送审, 中间检查 and 竣工报验: fields, papers, declaration, and for the last a signature."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from workorders import hooks
from workorders.enums import Stage
from workorders.forms.customer_forms import SignForm, SubmissionForm
from workorders.journey import submissions
from workorders.requests import completion
from workorders.views.access import client, once, own_order, take, warn_of_forgery
from workorders.views.file_pages import page_urls
from workorders.views.upload_pages import keep_uploads, upload_fields

_STEPS = {Stage.DESIGN: "submit_design", Stage.MID: "submit_mid_inspection", Stage.COMPLETION: "submit_completion"}


@require_http_methods(["GET", "POST"])
def submission(request, pk):
    order = own_order(request, pk, *_STEPS.values())
    stage = submissions.open_stage(order)
    round_ = submissions.draft(order, stage)
    form = SubmissionForm(request.POST if request.method == "POST" else None, instance=round_)
    problems = keep_uploads(request, order, stage)
    if request.method == "POST" and form.is_valid() and not problems:
        for kind in submissions.missing(order, stage):
            form.add_error(None, f"请上传《{kind.label}》。")
        if form.is_valid() and (answer := _forward(request, order, stage, form)):
            return answer
    context = {"order": order, "form": form, "stage": stage, "round": round_}
    context |= {"last_opinion": _last_opinion(order, stage), "uploads": upload_fields(order, stage, problems)}
    return render(request, "workorders/submission.html", context)


@require_http_methods(["GET", "POST"])
@once
def completion_sign(request, pk):
    """预览竣工报验申请表并签名: the form as it will be handed in, with the pad below."""
    order = own_order(request, pk, "submit_completion")
    round_ = submissions.draft(order, Stage.COMPLETION)
    if round_.document is None or submissions.missing(order, Stage.COMPLETION):
        return redirect("workorders:submission", order.pk)
    document = round_.document
    warn_of_forgery(request, document)
    posted = request.POST if request.method == "POST" else None
    form = SignForm(posted, signer=request.user, initial={"sha256": document.current.sha256})
    if (
        request.method == "POST"
        and form.is_valid()
        and take(request, order, "submit_completion", form, **client(request))
    ):
        messages.success(request, "竣工报验已提交。")
        return _next_page(request, round_)
    context = {"order": order, "form": form, "document": document, "pages": page_urls(order, document)}
    context |= {"title": "竣工报验签名", "back": "workorders:submission", "button": "签名并提交"}
    return render(request, "workorders/sign.html", context)


def _forward(request, order, stage, form):
    """Hand the round in; a completion goes on to its preview and signature. None where the step was refused."""
    form.save()
    if stage == Stage.COMPLETION:
        completion.prepare(order, by=request.user)
        return redirect("workorders:completion_sign", order.pk)
    if not take(request, order, _STEPS[stage], form):
        return None
    messages.success(request, f"{stage.label}已提交。")
    return _next_page(request, form.instance)


def _next_page(request, submission):
    """Return to 服务记录, over the page of a companion where there is one to share something first."""
    return redirect(hooks.after_submission(submission, request.user) or "workorders:records")


def _last_opinion(order, stage):
    """Return the failed opinion that this round answers, if there is one."""
    kind = {Stage.DESIGN: "design_opinion", Stage.MID: "mid_notice", Stage.COMPLETION: "completion_opinion"}[stage]
    return order.paper(kind)
