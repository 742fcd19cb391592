"""The lock of an order: whatever belongs to an order is written while its row is locked, and its state asked again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from bandian.db.locks import locking
from workorders.models import WorkOrder


class Conflict(Exception):
    """The order has moved on since the page was opened; `event` says who moved it, and when."""

    def __init__(self, order: WorkOrder) -> None:
        self.order = order
        self.event = order.events.steps().select_related("by").last()
        super().__init__(f"{order} is {order.state}")


def lock_order(order: WorkOrder) -> WorkOrder:
    """Return the order read anew with its row locked until the transaction ends."""
    return locking(WorkOrder.objects).get(pk=order.pk)


@contextmanager
def locked(order: WorkOrder, *steps: str) -> Iterator[WorkOrder]:
    """Run a block that writes in a transaction, with the order read anew and locked.

    A block cannot begin again after a deadlock: it holds nothing while it waits for its order and locks nothing else,
    or stands within a service that is `atomic`. Raises Conflict where none of the steps, by name, is due any more.
    """
    with transaction.atomic():
        order = lock_order(order)
        if not order.is_due(*steps):
            raise Conflict(order)
        yield order
