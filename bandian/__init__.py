"""The roof, which knows every app (settings, URLs, ASGI, Celery), and the ground, which knows none (web, db, text)."""

from bandian.celery import app as celery_app
from files.confinement import hide_memory

__all__ = ["celery_app"]

# Of every process that knows the keys: server, worker, commands.
hide_memory()
