"""The lock of an order: whatever belongs to an order is written while its row is locked."""

from workorders.models import WorkOrder


def lock_order(order: WorkOrder) -> WorkOrder:
    """Return the order read anew with its row locked until the transaction ends."""
    return WorkOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
