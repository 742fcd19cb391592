"""Who may take which step; every transition names one of these."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from accounts.models import User

if TYPE_CHECKING:
    from workorders.models import WorkOrder

Right = Callable[["WorkOrder", User], bool]


def is_customer(order: "WorkOrder", user: User) -> bool:
    """The customer who files the order; a handling person who only shares the phone sees how far it is, no more."""
    return user.is_customer and order.customer_id == user.pk


def is_manager(order: "WorkOrder", user: User) -> bool:
    """A manager of the order's service area; an order without an area is nobody's yet."""
    return (
        user.is_staff and order.service_area_id is not None and order.service_area.managers.filter(pk=user.pk).exists()
    )


def looks_after(order: "WorkOrder", user: User) -> bool:
    """One of the order's managers, or a supervisor."""
    return user.is_supervisor or is_manager(order, user)


def is_onlooker(order: "WorkOrder", user: User) -> bool:
    """Whether the user sees the order by the handling person's phone alone, which may be a stranger's by mistake."""
    return user.is_customer and not is_customer(order, user)
