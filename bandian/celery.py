"""The Celery application; without a Redis address its tasks run at once, in the calling process."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandian.settings")

app = Celery("bandian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.timezone = "Asia/Shanghai"
# Read by `celery beat` (worker --beat). Reminders go out at the start of the working day, and once more for what came
# up since; the day's anchor is the last thing of the day.
app.conf.beat_schedule = {
    "remind": {"task": "workorders.tasks.remind", "schedule": crontab(hour="8,13", minute=30)},
    "check documents": {"task": "signing.tasks.check_documents", "schedule": crontab(hour=2, minute=30)},
    "sweep photos": {"task": "accounts.tasks.sweep_photos", "schedule": crontab(hour=3, minute=10)},
    "clear codes": {"task": "accounts.tasks.clear_codes", "schedule": crontab(hour=3, minute=20)},
    # The month before, on the first of a month; on other days what was missed.
    "publish figures": {"task": "workorders.tasks.publish_figures", "schedule": crontab(hour=1, minute=10)},
    "anchor trace": {"task": "workorders.tasks.anchor_trace", "schedule": crontab(hour=23, minute=30)},
    "settle claims": {"task": "accounts.tasks.settle_claims", "schedule": crontab(), "options": {"expires": 50}},
    # What was postponed, failed, or was written while no worker could be told.
    "send outbox": {"task": "notifications.tasks.send_outbox", "schedule": crontab(), "options": {"expires": 50}},
}
app.autodiscover_tasks()
