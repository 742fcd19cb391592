"""The manager's side: the queue, the order page, and the steps as confirm pages."""

from workorders.admin import area_admin, feedback_admin, limit_admin, order_admin

__all__ = ["area_admin", "feedback_admin", "limit_admin", "order_admin"]
