"""A step of the manager as a confirm page: GET shows what will happen, POST does it through the flow."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_http_methods, require_POST

from workorders.admin import placing_admin
from workorders.desk import dispatch
from workorders.enums import PaperKind
from workorders.journey import flow
from workorders.models import ServiceArea, WorkOrder
from workorders.views.access import client, seen

PAPERS = {
    "issue_supply_plan": PaperKind.SUPPLY_PLAN,
    "issue_design_opinion": PaperKind.DESIGN_OPINION,
    "issue_mid_notice": PaperKind.MID_NOTICE,
    "issue_completion_opinion": PaperKind.COMPLETION_OPINION,
    "open_contract": PaperKind.CONTRACT,
}


class AssignForm(forms.Form):
    area = forms.ModelChoiceField(ServiceArea.objects.all(), label="供电单位")


@require_http_methods(["GET", "POST"])
def step(request, pk, name):
    """Confirm and take one step."""
    order, transition = _find(request, pk, name)
    form = _form(request, order, transition)
    if request.method == "POST" and form.is_valid():
        if (answer := _take(request, order, form, transition)) is not None:
            return answer
    elif request.method == "GET" and transition not in flow.steps_for(order, request.user):
        raise flow.Conflict(order)
    return _render(request, order, form, transition.custom["label"], name=name)


@require_POST
def preview(request, pk, name):
    """Show the paper that the form would issue, page by page; or the form again, for corrections."""
    order, transition = _find(request, pk, name)
    if name not in PAPERS:
        raise Http404
    form = _form(request, order, transition)
    if form.is_valid() and "back" not in request.POST:
        try:
            return placing_admin.show(request, order, form, **_paper(transition))
        except ValidationError as error:
            form.add_error(None, error.messages)
    return _render(request, order, form, transition.custom["label"], name=name)


def _take(request, order, form, transition):
    """Take the step and return the way on; where it is refused, the page with the reason, or None for the form's."""
    try:
        data = form.cleaned_data
        if transition.name in PAPERS:
            data |= placing_admin.confirmed(request, order, form, **_paper(transition, "kind", "step")) | client(
                request
            )
        flow.advance(order, transition.name, by=request.user, seen=seen(request), **data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        is_draft = transition.name in PAPERS and "draft" in request.POST
        return placing_admin.show_again(request, order, form, **_paper(transition)) if is_draft else None
    messages.success(request, f"已办理：{transition.custom['label']}。")
    return redirect("admin:workorders_workorder_change", order.pk)


def _paper(transition, *names):
    facts = {"kind": PAPERS[transition.name], "step": transition.name, "title": transition.custom["label"]}
    return {name: facts[name] for name in names or facts}


@require_http_methods(["GET", "POST"])
def assign(request, pk):
    """派发供电单位: for orders that no rule of dispatch found a unit for."""
    if not request.user.is_supervisor:
        raise PermissionDenied
    order = get_object_or_404(WorkOrder.objects.visible_to(request.user), pk=pk)
    form = AssignForm(request.POST if request.method == "POST" else None, initial={"area": order.service_area})
    if request.method == "POST" and form.is_valid():
        dispatch.assign(order, area=form.cleaned_data["area"], by=request.user)
        messages.success(request, f"已派发至{form.cleaned_data['area']}。")
        return redirect("admin:workorders_workorder_change", order.pk)
    return _render(request, order, form, "派发供电单位")


def _find(request, pk, name):
    """Return the order and the transition; 404 where either is not there, PermissionDenied for the wrong person."""
    orders = WorkOrder.objects.visible_to(request.user).select_related("application", "service_area", "customer")
    order = get_object_or_404(orders, pk=pk)
    transition = flow.STEPS.get(name)
    if transition is None or not transition.custom["form"]:
        raise Http404
    if not transition.permission(order, request.user):
        raise PermissionDenied
    return order, transition


def _form(request, order, transition):
    form_class = import_string(f"workorders.forms.manager_forms.{transition.custom['form']}")
    if request.method == "POST":
        return form_class(request.POST, request.FILES, order=order, user=request.user)
    return form_class(order=order, user=request.user)


def _render(request, order, form, title, name=""):
    context = {**admin.site.each_context(request), "order": order, "form": form, "title": title}
    context |= {"opts": WorkOrder._meta, "step": name, "makes_paper": name in PAPERS}
    return render(request, "admin/workorders/workorder/step.html", context)
