from celery import shared_task
from django.core.management import call_command

from workorders.desk import reminders
from workorders.figures import counting
from workorders.limits import deadlines


@shared_task
def remind() -> None:
    """Send the reminders that are due, by dates that follow the calendar as it is now."""
    deadlines.recompute()
    reminders.send()


@shared_task
def publish_figures() -> None:
    """Count the months that are over, once each, for 办电公示."""
    counting.publish()


@shared_task
def anchor_trace() -> None:
    """Write the day's anchor of all traces, once."""
    call_command("anchor_trace")
