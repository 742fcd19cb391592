"""The Celery application; without a Redis address its tasks run at once, in the calling process."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandian.settings")

app = Celery("bandian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.timezone = "Asia/Shanghai"
# At the start of the working day, and once more for what came up since; `celery beat` reads it (worker --beat).
app.conf.beat_schedule = {
    "remind": {"task": "workorders.tasks.remind", "schedule": crontab(hour="8,13", minute=30)},
    # What was postponed, failed, or was written while no worker could be told.
    "send_outbox": {"task": "notifications.tasks.send_outbox", "schedule": crontab(), "options": {"expires": 50}},
}
app.autodiscover_tasks()
