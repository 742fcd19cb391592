"""The manager's pages; imports forms, every room but papers and dossier, and `views.access`."""

from workorders.admin import area_admin, limit_admin, order_admin
from workorders.admin.service import feedback_admin, follow_up_admin

__all__ = ["area_admin", "feedback_admin", "follow_up_admin", "limit_admin", "order_admin"]
