"""A step of the manager as a confirm page: GET shows what will happen, POST does it through the flow."""

from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from bandian.web.posting import posted
from workorders.admin import placing_admin
from workorders.admin.desk_pages import back_to, managed_order, page_context
from workorders.desk import dispatch
from workorders.forms.paper_forms import PaperForm
from workorders.forms.step_form import StepForm
from workorders.journey import flow, writers
from workorders.models import STEPS, ServiceArea, WorkOrder
from workorders.models.step import Step
from workorders.views.access import client_of, seen


class AssignForm(forms.Form):
    area = forms.ModelChoiceField(ServiceArea.objects.all(), label="供电单位")


@require_http_methods(["GET", "POST"])
def step(request: UserRequest, pk: UUID, name: str) -> HttpResponse:
    """Confirm and take one step."""
    order, row = _find(request, pk, name)
    form = _form(request, order, row)
    if request.method == "POST" and form.is_valid():
        if (answer := _advance(request, order, form, row)) is not None:
            return answer
    elif request.method == "GET" and row not in flow.steps_for(order, request.user):
        raise flow.Conflict(order)
    return _render(request, order, form, row)


@require_http_methods(["GET", "POST"])
def preview(request: UserRequest, pk: UUID, name: str) -> HttpResponse:
    """Show the paper that the form would issue, page by page; or the form again, for corrections.

    Whoever comes without the form, as after a login, is led to it.
    """
    order, row = _find(request, pk, name)
    if not row.issues:
        raise Http404
    if request.method == "GET":
        return redirect("admin:workorders_workorder_step", order.pk, row.name)
    form = _form(request, order, row)
    if isinstance(form, PaperForm) and form.is_valid() and "back" not in request.POST:
        try:
            return placing_admin.show(request, order, form, row)
        except ValidationError as error:
            form.add_error(None, error.messages)
    return _render(request, order, form, row)


def _advance(request: UserRequest, order: WorkOrder, form: StepForm, row: Step) -> HttpResponse | None:
    """Take the step and return the way on; where it is refused, the page with the reason, or None for the form's."""
    try:
        if isinstance(form, PaperForm):
            given = form.given(placing_admin.confirmed(request, order, form, row), client=client_of(request))
        else:
            given = form.given()
        flow.advance(order, row.name, given, by=request.user, seen=seen(request))
    except ValidationError as error:
        form.add_error(None, error.messages)
        if isinstance(form, PaperForm) and "draft" in request.POST:
            return placing_admin.show_again(request, order, form, row)
        return None
    return back_to(request, order, f"已办理：{row.label}。")


@require_http_methods(["GET", "POST"])
def assign(request: UserRequest, pk: UUID) -> HttpResponse:
    """派发供电单位: for orders that no rule of dispatch found a unit for."""
    if not request.user.is_supervisor:
        raise PermissionDenied
    order = managed_order(request, pk, may=lambda *_: True)
    form = AssignForm(posted(request), initial={"area": order.service_area})
    if request.method == "POST" and form.is_valid():
        dispatch.assign(order, area=form.cleaned_data["area"], by=request.user)
        return back_to(request, order, f"已派发至{form.cleaned_data['area']}。")
    context = page_context(request, "派发供电单位", order=order, form=form)
    return render(request, "admin/workorders/workorder/step.html", context)


def _find(request: UserRequest, pk: UUID, name: str) -> tuple[WorkOrder, Step]:
    """Return the order and the step's row; 404 where either is not there, PermissionDenied for the wrong person."""
    row = STEPS.get(name)
    if row is None or not row.form:
        raise Http404
    return managed_order(request, pk, may=row.by), row


def _form(request: UserRequest, order: WorkOrder, row: Step) -> StepForm:
    form_class = import_string(f"workorders.forms.manager_forms.{row.form}")
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_class(data, files, order=order, user=request.user)
    if row.issues and (late := getattr(request, "kept_form", None)):
        form.find_own(late.fields.get("own", [""])[0])
    return form


def _render(request: UserRequest, order: WorkOrder, form: StepForm, row: Step) -> HttpResponse:
    if row.issues and form.is_bound:
        form.keep_file()
    context = page_context(request, row.label, order=order, form=form, step=row.name, makes_paper=bool(row.issues))
    context["paper"] = row.issues and writers.next_paper(order, row.issues)
    return render(request, "admin/workorders/workorder/step.html", context)
