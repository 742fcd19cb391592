"""Orders in a state without the road to it, for what only reads states and dates."""

from workorders.enums import State, SupplyMode
from workorders.models import Application, WorkOrder


def bare_order(customer, manager, state, *, number="261124000001", application=None, **fields):
    """Return an accepted order of the manager's first area, put into a state."""
    area = manager.service_areas.first()
    accepted = {"number": number, "account_number": f"7{number}", "manager": manager, "service_area": area}
    order = WorkOrder.objects.create(customer=customer, **accepted)
    answers = {
        "company": "演示精密制造有限公司",
        "supply_mode": SupplyMode.SINGLE,
        "voltage": 10,
        **(application or {}),
    }
    Application.objects.create(order=order, **answers)
    WorkOrder.objects.filter(pk=order.pk).update(state=State(state), **fields)
    return WorkOrder.objects.get(pk=order.pk)
