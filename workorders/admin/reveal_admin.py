"""查看证件号码: a whole identity number on a page of its own, for a reason that the customer can read."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.admin.real_name_admin import number_page
from accounts.forms.identity_forms import ReadingForm
from accounts.requests import UserRequest
from bandian.web.posting import posted
from workorders.admin.desk_pages import managed_order, page_context
from workorders.models import WorkOrder
from workorders.rights import looks_after
from workorders.trace import access_log

FIELDS = [("handler_id_number", "经办人证件号码"), ("legal_id_number", "法定代表人证件号码")]
OWNERS = {"handler_id_number": "handler_name", "legal_id_number": "legal_name"}


class RevealForm(ReadingForm):
    field = forms.ChoiceField(label="号码", choices=FIELDS)

    field_order = ["field", "reason"]


@require_http_methods(["GET", "POST"])
def id_number(request: UserRequest, pk: UUID) -> HttpResponse:
    """Ask for the reason; a POST notes it and shows the number once."""
    order = managed_order(request, pk, may=looks_after)
    form = RevealForm(posted(request))
    if not form.is_valid():
        context = page_context(request, "查看证件号码", order=order, form=form)
        return render(request, "admin/workorders/workorder/step.html", context)
    field, back = form.cleaned_data["field"], reverse("admin:workorders_workorder_change", args=[order.pk])
    number = access_log.reveal_id_number(order, field, by=request.user, reason=form.cleaned_data["reason"])
    context = {"opts": WorkOrder._meta, "title": "证件号码", "label": dict(FIELDS)[field]}
    return number_page(request, number, owner=getattr(order.application, OWNERS[field]), back=back, **context)
