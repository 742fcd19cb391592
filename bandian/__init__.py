"""The roof, which knows every app (settings, URLs, ASGI, Celery), and the ground, which knows none (web, db)."""

from bandian.celery import app as celery_app

__all__ = ["celery_app"]
