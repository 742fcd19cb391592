"""Orders, what the customer hands in, what the utility issues, and the trace of it all."""

from workorders.models.application import Application, Transformer
from workorders.models.areas import AreaRegion, ServiceArea
from workorders.models.events import Event
from workorders.models.feedback import Feedback, Rating
from workorders.models.files import Attachment, Paper, Submission, SupplyPlan
from workorders.models.limits import CalendarDay, Limit, Reminder
from workorders.models.numbers import DailyCounter
from workorders.models.order import WorkOrder
from workorders.models.requests import SupplementRequest
from workorders.models.times import StageTime

__all__ = [
    "Application",
    "AreaRegion",
    "Attachment",
    "CalendarDay",
    "DailyCounter",
    "Event",
    "Feedback",
    "Limit",
    "Paper",
    "Rating",
    "Reminder",
    "ServiceArea",
    "StageTime",
    "Submission",
    "SupplementRequest",
    "SupplyPlan",
    "Transformer",
    "WorkOrder",
]
