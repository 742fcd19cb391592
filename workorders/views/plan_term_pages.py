"""申请供电方案延期: the customer asks, the manager answers at the desk."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from bandian.web.posting import posted
from workorders.forms.customer_forms import ReasonForm
from workorders.journey import flow
from workorders.requests import plan_term
from workorders.views.access import own_order, seen


@require_http_methods(["GET", "POST"])
def extend(request: UserRequest, pk: UUID) -> HttpResponse:
    order = own_order(request, pk)
    term = plan_term.term(order)
    if term is None or not term.may_ask:
        raise flow.Conflict(order)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        plan_term.ask(order, by=request.user, seen=seen(request), reason=form.cleaned_data["reason"])
        messages.success(request, "延期申请已提交，客户经理答复后会通知您。")
        return redirect(order)
    until = date_format(term.expires_on, "Y年n月j日")
    lead = f"供电方案有效期至{until}。请写明延期原因和预计竣工时间，由客户经理核实答复。"
    context = {"order": order, "form": form, "title": "申请供电方案延期", "lead": lead, "kind": "button--todo"}
    return render(request, "workorders/reason.html", context)
