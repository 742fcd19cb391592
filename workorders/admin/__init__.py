"""The manager's side: the queue, the order page, and the steps as confirm pages."""

from workorders.admin import areas, feedback, limits, orders

__all__ = ["areas", "feedback", "limits", "orders"]
