"""Who may take which step; every transition names one of these."""


def is_customer(order, user):
    """The customer who files the order; a handling person who only shares the phone sees how far it is, no more."""
    return user.is_customer and order.customer_id == user.pk


def is_manager(order, user):
    """A manager of the order's service area; an order without an area is nobody's yet."""
    return (
        user.is_staff and order.service_area_id is not None and order.service_area.managers.filter(pk=user.pk).exists()
    )


def looks_after(order, user):
    """One of the order's managers, or a supervisor."""
    return user.is_supervisor or is_manager(order, user)


def is_onlooker(order, user):
    """Whether the user sees the order by the handling person's phone alone, which may be a stranger's by mistake."""
    return user.is_customer and not is_customer(order, user)
