"""The order page's small actions: ask for something (补正), close or cancel that, note, remind."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from workorders.forms.supplement_forms import AskForm, CancelForm, NoteForm
from workorders.journey import flow
from workorders.models import WorkOrder
from workorders.requests import supplements
from workorders.rights import is_manager


@require_http_methods(["GET", "POST"])
def ask(request, pk):
    """提出补正要求."""
    order = _managed(request, pk)
    if order.state not in supplements.STATES:
        raise flow.Conflict(order)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        supplements.ask(order, by=request.user, **form.cleaned_data)
        return _done(request, order, "已提出补正要求，客户会收到通知和短信。")
    return _form(request, order, form, "提出补正要求")


@require_POST
def close(request, pk, supplement):
    """Accept what the customer answered."""
    order = _managed(request, pk)
    supplements.close(_request(order, supplement), by=request.user)
    return _done(request, order, "补正已办结。")


@require_http_methods(["GET", "POST"])
def cancel(request, pk, supplement):
    """Withdraw a request with the reason."""
    order = _managed(request, pk)
    found, form = _request(order, supplement), CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        supplements.cancel(found, by=request.user, **form.cleaned_data)
        return _done(request, order, "补正要求已取消，客户会收到通知。")
    return _form(request, order, form, f"取消补正要求：{found}")


@require_http_methods(["GET", "POST"])
def note(request, pk):
    """内部备注, for managers and supervisors."""
    order = _seen(request, pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        supplements.add_note(order, by=request.user, **form.cleaned_data)
        return _done(request, order, "备注已写入工作痕迹，客户看不到。")
    return _form(request, order, form, "内部备注")


@require_POST
def remind(request, pk):
    """提醒客户办理, once a day."""
    order = _managed(request, pk)
    supplements.remind(order, by=request.user)
    return _done(request, order, "已提醒客户。")


def _seen(request, pk):
    orders = WorkOrder.objects.visible_to(request.user).select_related("application", "service_area", "customer")
    order = get_object_or_404(orders, pk=pk)
    if not (is_manager(order, request.user) or request.user.is_supervisor):
        raise PermissionDenied
    return order


def _managed(request, pk):
    order = _seen(request, pk)
    if not is_manager(order, request.user):
        raise PermissionDenied
    return order


def _request(order, pk):
    return get_object_or_404(order.requests.select_related("order"), pk=pk)


def _done(request, order, text):
    messages.success(request, text)
    return redirect("admin:workorders_workorder_change", order.pk)


def _form(request, order, form, title):
    context = {**admin.site.each_context(request), "opts": WorkOrder._meta, "order": order, "form": form}
    return render(request, "admin/workorders/workorder/step.html", context | {"title": title})
