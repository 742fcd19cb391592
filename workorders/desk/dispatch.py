"""Hand orders to a supply unit and a manager: one from the pool (待派池), or many at once, all or nothing."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts import reviews
from accounts.models import User
from bandian.db.locks import atomic
from notifications.enums import Kind
from notifications.services import notify
from workorders.journey import announce, flow
from workorders.limits import deadlines
from workorders.locks import lock_order
from workorders.models import ServiceArea, WorkOrder
from workorders.trace import record


class Refused(Exception):
    """Nothing was done; `rows` are (order, reason in words) of those that stood in the way."""

    def __init__(self, rows: list[tuple[WorkOrder, str]]) -> None:
        self.rows = rows
        super().__init__(f"{len(rows)} orders")


@atomic
def assign(order: WorkOrder, *, area: ServiceArea, by: User) -> None:
    """Give an order that no manager has accepted to a service area; raises PermissionDenied but for supervisors."""
    if not by.is_supervisor:
        raise PermissionDenied
    order = lock_order(order)
    if order.manager_id:
        raise flow.Conflict(order)
    _move(order, area=area, manager=None, by=by)


@atomic
def reassign(orders: Iterable[WorkOrder], *, area: ServiceArea, manager: User | None = None, by: User) -> int:
    """Give orders to a unit, and those that were accepted to one of its managers; return how many.

    Raises PermissionDenied but for supervisors, Refused with each order that does not allow it: closed, accepted but
    no manager named, or a manager of another unit. Then none is changed.
    """
    if not by.is_supervisor:
        raise PermissionDenied
    locked = [lock_order(order) for order in sorted(orders, key=lambda order: order.pk)]
    in_area = manager is None or area.managers.filter(pk=manager.pk).exists()
    refused = [(order, reason) for order in locked if (reason := _reason(order, manager, in_area))]
    if refused:
        raise Refused(refused)
    for order in locked:
        _move(order, area=area, manager=manager if order.manager_id else None, by=by)
    return len(locked)


def _reason(order: WorkOrder, manager: User | None, in_area: bool) -> str:
    if not order.is_open:
        return f"{order.standing}，不能再分配"
    if not in_area:
        return "所选客户经理不属于该供电单位"
    if order.manager_id and manager is None:
        return "已经受理，请选择客户经理"
    return ""


def _move(order: WorkOrder, *, area: ServiceArea, manager: User | None, by: User) -> None:
    """Change unit and manager, leave a line in the trace, and tell everyone whom it concerns."""
    before = order.manager
    order.service_area = area
    if manager:
        order.manager = manager
    order.save(update_fields=["service_area", "manager"])
    deadlines.restart(order)  # each unit has its own limits
    reviews.done(announce.review_of(order))
    label = "改派客户经理" if manager else "派发供电单位"
    facts: dict[str, Any] = {"area_id": area.pk, "area": str(area)}
    facts |= {"manager_id": str(manager.pk), "manager": str(manager)} if manager else {}
    words = f"{area}，{manager}" if manager else str(area)
    event = record.note(order, "assign", label=label, by=by, note=words, **facts)
    told = {user for user in (before, *announce.managers_of(event.order)) if user}
    notify(told, kind=Kind.STEP, title=f"{label}：{order}", body=event.note, url=order.get_desk_url())
    if manager and manager != before:
        body = f"工单 {order} 的客户经理改为 {manager}，联系电话见进度详情。"
        notify([order.customer], kind=Kind.STEP, title="客户经理变更", body=body, url=order.get_absolute_url())
