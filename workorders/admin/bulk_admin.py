"""Orders in bulk: to another unit or manager, or what a manager who is away has open; all or nothing."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Role
from accounts.models import User
from accounts.requests import UserRequest
from bandian.web.posting import posted
from workorders.admin.desk_pages import page_context
from workorders.desk import dispatch
from workorders.models import ServiceArea, WorkOrder

MOST = 200


class OrdersForm(forms.Form):
    """The orders that were ticked."""

    orders = forms.ModelMultipleChoiceField(
        WorkOrder.objects.none(), widget=forms.MultipleHiddenInput, error_messages={"required": "请先勾选工单。"}
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["orders"].queryset = WorkOrder.objects.visible_to(user).select_related(
            "application", "manager", "service_area"
        )

    def clean_orders(self) -> QuerySet[WorkOrder]:
        found = self.cleaned_data["orders"]
        if len(found) > MOST:
            raise forms.ValidationError(f"一次最多 {MOST} 个工单。")
        return found


class TargetForm(forms.Form):
    area = forms.ModelChoiceField(ServiceArea.objects.all(), label="供电单位")
    manager = forms.ModelChoiceField(
        User.objects.filter(role__in=Role.staff_roles, is_active=True),
        label="客户经理",
        required=False,
        empty_label="由该单位受理时确定",
        help_text="已受理的工单必须选择；须是该供电单位的客户经理",
    )


class AwayForm(forms.Form):
    away = forms.ModelChoiceField(
        User.objects.filter(role__in=Role.staff_roles),
        label="移交谁的在途工单",
        help_text="下一步列出这些工单，可以去掉不移交的，再选择由谁接手",
    )


@require_POST
def bulk(request: UserRequest) -> HttpResponse:
    """分配或改派: shows what was ticked and asks where to; the second POST, with a unit, does it."""
    _only_supervisors(request)
    ticked = OrdersForm(request.POST, user=request.user)
    if not ticked.is_valid():
        messages.error(request, " ".join(map(str, ticked.errors.get("orders", ["请先勾选工单。"]))))
        return redirect("admin:workorders_workorder_changelist")
    orders = ticked.cleaned_data["orders"]
    form = TargetForm(request.POST if "area" in request.POST else None)
    return _assign(request, form, orders) or _page(request, form, "分配或改派", orders=orders)


@require_http_methods(["GET", "POST"])
def handover(request: UserRequest) -> HttpResponse:
    """移交在途工单: list what a manager has open, all ticked, and ask where to; `bulk` does it."""
    _only_supervisors(request)
    form = AwayForm(posted(request))
    if form.is_valid():
        orders = WorkOrder.objects.running().filter(manager=form.cleaned_data["away"]).order_by("sort_on", "id")
        if found := list(orders.select_related("application", "manager", "service_area")[:MOST]):
            return _page(request, TargetForm(), "移交在途工单", orders=found)
        form.add_error("away", "名下没有在途工单。")
    return _page(request, form, "移交在途工单")


def _assign(request: UserRequest, form: TargetForm, orders: Iterable[WorkOrder]) -> HttpResponse | None:
    """Do it and go back to the desk; None where it was not asked for yet, or refused with the rows at fault."""
    if not form.is_valid():
        return None
    try:
        count = dispatch.reassign(orders, by=request.user, **form.cleaned_data)
    except dispatch.Refused as refused:
        form.refused = refused.rows
        form.add_error(None, "下列工单不能办理，全部没有改动：")
        return None
    messages.success(request, f"已分配 {count} 个工单，相关客户经理和客户已收到通知。")
    return redirect("admin:workorders_workorder_changelist")


def _page(request: UserRequest, form: BaseForm, title: str, orders: Iterable[WorkOrder] | None = None) -> HttpResponse:
    context = page_context(request, title, form=form, orders=orders, most=MOST)
    return render(request, "admin/workorders/workorder/bulk.html", context)


def _only_supervisors(request: UserRequest) -> None:
    if not request.user.is_supervisor:
        raise PermissionDenied
