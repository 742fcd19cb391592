from celery import shared_task

from workorders import deadlines, reminders


@shared_task
def remind() -> None:
    """Send the reminders that are due, by dates that follow the calendar as it is now."""
    deadlines.recompute()
    reminders.send()
