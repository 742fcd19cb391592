"""The Celery application; without a Redis address its tasks run at once, in the calling process."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandian.settings")

app = Celery("bandian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
