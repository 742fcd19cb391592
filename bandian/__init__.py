"""The project: settings, URLs, ASGI entry point and the Celery application."""

from bandian.celery import app as celery_app

__all__ = ["celery_app"]
