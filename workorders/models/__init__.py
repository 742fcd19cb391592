"""Orders and their journey, what is handed in and issued, the trace of it all; imports no room, all import it."""

from workorders.models.application import Application, Transformer
from workorders.models.counter import DailyCounter
from workorders.models.event import Event
from workorders.models.feedback import Feedback, FeedbackTurn, Rating
from workorders.models.figure import MonthFigure
from workorders.models.follow_up import FollowUp, FollowUpCall
from workorders.models.limit import CalendarDay, Limit, Promise, Reminder
from workorders.models.order import STEPS, WorkOrder
from workorders.models.paperwork import Attachment, Paper, Submission, SupplyPlan
from workorders.models.service_area import AreaRegion, ServiceArea
from workorders.models.stage_time import StageTime, WholeTime
from workorders.models.supplement import SupplementRequest

__all__ = [
    "STEPS",
    "Application",
    "AreaRegion",
    "Attachment",
    "CalendarDay",
    "DailyCounter",
    "Event",
    "Feedback",
    "FeedbackTurn",
    "FollowUp",
    "FollowUpCall",
    "Limit",
    "MonthFigure",
    "Paper",
    "Promise",
    "Rating",
    "Reminder",
    "ServiceArea",
    "StageTime",
    "Submission",
    "SupplementRequest",
    "SupplyPlan",
    "Transformer",
    "WholeTime",
    "WorkOrder",
]
