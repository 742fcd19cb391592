"""Hand an order to a supply unit where no rule of dispatch did (待派池)."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from workorders import flow


@transaction.atomic
def assign(order, *, area, by):
    """Give an order that no manager has accepted to a service area; raises PermissionDenied but for supervisors."""
    if not by.is_supervisor:
        raise PermissionDenied
    order = flow.lock(order)
    if order.manager_id:
        raise flow.Conflict(order)
    order.service_area = area
    order.save(update_fields=["service_area"])
    return flow.note(order, "assign", label="派发供电单位", by=by, area=str(area))
