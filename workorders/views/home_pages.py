"""首页, 全部功能, 办电E助手 and 服务记录."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import UserRequest
from bandian.web import paging
from workorders import hooks, regions
from workorders.enums import State, Turn
from workorders.journey import progress, setbacks
from workorders.models import SupplementRequest, WorkOrder
from workorders.models.order import WorkOrderQuerySet
from workorders.models.step import Step

WAITING_SHOWN = 20
RUNNING_SHOWN = 5


def _listed(user: User) -> WorkOrderQuerySet:
    return WorkOrder.objects.visible_to(user).select_related("application", "manager").order_by("-created_at", "-id")


def _rows(orders: Sequence[WorkOrder], user: User) -> list[tuple[WorkOrder, Step | None]]:
    """Pair each order with the step that waits for this user in it, if it is theirs to take."""
    setbacks.attach(order for order in orders if order.customer_id == user.pk)
    return [(order, progress.customer_step(order) if order.customer_id == user.pk else None) for order in orders]


@require_safe
def home(request: UserRequest) -> HttpResponse:
    waiting = list(_listed(request.user).awaiting(Turn.CUSTOMER).filter(customer=request.user)[: WAITING_SHOWN + 1])
    requests = list(SupplementRequest.objects.waiting().filter(order__customer=request.user).select_related("order"))
    context = {
        "count": f"{WAITING_SHOWN}+" if len(waiting) > WAITING_SHOWN else len(waiting) + len(requests),
        "waiting": _rows(waiting[:WAITING_SHOWN], request.user),
        "has_more": len(waiting) > WAITING_SHOWN,
        "requests": requests,
        "needs_identity": request.user.is_customer and not request.user.is_verified,
        "news": hooks.news(request.user),
        "running": list(_listed(request.user).awaiting(Turn.UTILITY)[:RUNNING_SHOWN]),
        "had_orders": _listed(request.user).closed().exists,  # asked by an empty page only
    }
    return render(request, "workorders/home.html", context)


@require_safe
def functions(request: UserRequest) -> HttpResponse:
    return render(request, "workorders/functions.html")


@require_safe
def assistant(request: UserRequest) -> HttpResponse:
    return render(request, "workorders/assistant.html")


@require_safe
def progress_list(request: UserRequest) -> HttpResponse:
    """进度查询: the orders under way that belong to my account or my proven phone."""
    return _list(request, _listed(request.user).open().exclude(state=State.DRAFT), "workorders/progress_list.html")


@require_safe
def records(request: UserRequest) -> HttpResponse:
    """服务记录: 在办 with the drafts, or 已归档 with what was terminated."""
    closed = request.GET.get("tab") == "closed"
    orders = _listed(request.user).closed() if closed else _listed(request.user).open()
    return _list(request, orders, "workorders/records.html", tab="closed" if closed else "open")


def _list(request: UserRequest, orders: QuerySet[WorkOrder], template: str, **context: Any) -> HttpResponse:
    rows, after = paging.page(orders, request.GET.get("after", ""))
    return render(request, template, {"rows": _rows(rows, request.user), "after": after, **context})


@require_safe
def region_options(request: UserRequest) -> HttpResponse:
    """The regions one level below ?parent=, for the dependent lists."""
    found = regions.children(request.GET.get("parent", ""))
    return JsonResponse([{"code": code, "name": name} for code, name in found], safe=False)
