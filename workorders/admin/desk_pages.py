"""How every page of the desk comes by its order, what its template is given, and where it leads back to."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.requests import UserRequest
from accounts.staff.pages import desk_context
from workorders.models import WorkOrder
from workorders.rights import Right, is_manager


def managed_order(request: UserRequest, pk: UUID, *, may: Right = is_manager) -> WorkOrder:
    """Return an order the member of staff may see and work on; 404 for others', PermissionDenied for `may`'s no."""
    orders = WorkOrder.objects.visible_to(request.user).select_related(
        "application", "customer", "manager", "service_area__enterprise"
    )
    order = get_object_or_404(orders, pk=pk)
    if not may(order, request.user):
        raise PermissionDenied
    return order


def page_context(request: HttpRequest, title: str, **more: Any) -> dict:
    """Return the context of a page about orders."""
    return desk_context(request, WorkOrder._meta, title, **more)


def back_to(request: HttpRequest, order: WorkOrder, text: str) -> HttpResponse:
    """Say what was done and lead back to the order's page."""
    messages.success(request, text)
    return redirect("admin:workorders_workorder_change", order.pk)
