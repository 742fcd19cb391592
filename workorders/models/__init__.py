"""Orders, what the customer hands in, what the utility issues, and the trace of it all."""

from workorders.models.application import Application, Transformer
from workorders.models.areas import AreaRegion, ServiceArea
from workorders.models.events import Event
from workorders.models.files import Attachment, Paper, Submission, SupplyPlan
from workorders.models.limits import CalendarDay, Limit
from workorders.models.numbers import DailyCounter
from workorders.models.order import WorkOrder

__all__ = [
    "Application",
    "AreaRegion",
    "Attachment",
    "CalendarDay",
    "DailyCounter",
    "Event",
    "Limit",
    "Paper",
    "ServiceArea",
    "Submission",
    "SupplyPlan",
    "Transformer",
    "WorkOrder",
]
