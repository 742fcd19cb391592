"""The customer's steps that need no file: survey time, objection, withdrawal."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from bandian.web.posting import posted
from workorders.enums import State
from workorders.forms.customer_forms import ReasonForm, SurveyForm
from workorders.models import WorkOrder
from workorders.views.access import advance_or_show, own_order


@require_http_methods(["GET", "POST"])
def survey(request: UserRequest, pk: UUID) -> HttpResponse:
    """预约勘察时间, and afterwards 勘察时间变更."""
    order = own_order(request, pk, "book_survey", "change_survey_time")
    is_change = order.state != State.ACCEPTED
    form = SurveyForm(posted(request), is_change=is_change, initial={"intended_survey_at": order.intended_survey_at})
    name = "change_survey_time" if is_change else "book_survey"
    if request.method == "POST" and form.is_valid() and advance_or_show(request, order, name, form, form.given()):
        messages.success(request, "已告知客户经理，请留意预计上门时间。")
        return redirect(order)
    title = "勘察时间变更" if is_change else "预约勘察时间"
    return render(request, "workorders/survey.html", {"order": order, "form": form, "title": title})


@require_http_methods(["GET", "POST"])
def object_to_plan(request: UserRequest, pk: UUID) -> HttpResponse:
    return _with_reason(
        request,
        own_order(request, pk, "object_to_supply_plan"),
        "object_to_supply_plan",
        title="对供电方案提出异议",
        lead="提出异议后，客户经理会与您联系，重新核定并答复供电方案。",
        done="异议已提交，客户经理会重新答复供电方案。",
    )


@require_http_methods(["GET", "POST"])
def withdraw(request: UserRequest, pk: UUID) -> HttpResponse:
    return _with_reason(
        request,
        own_order(request, pk, "withdraw"),
        "withdraw",
        title="撤回申请",
        lead="撤回后申请即告终止，不能恢复；需要用电时请重新申请。",
        done="申请已撤回。",
    )


def _with_reason(
    request: UserRequest, order: WorkOrder, name: str, *, title: str, lead: str, done: str
) -> HttpResponse:
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid() and advance_or_show(request, order, name, form, form.given()):
        messages.success(request, done)
        return redirect(order)
    return render(request, "workorders/reason.html", {"order": order, "form": form, "title": title, "lead": lead})
