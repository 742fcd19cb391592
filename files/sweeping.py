"""Finds files that nobody needs any more: without a row, half written, or made to be made again."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import FileField, Model
from django.utils import timezone

from files import previews

PREVIEW_DAYS = 30


def strays(*, hours: float) -> Iterator[str]:
    """Yield the names of stored files older than so many hours that no row of any model names."""
    fields = [(model, field.name) for model in apps.get_models() for field in _file_fields(model)]
    limit = timezone.now() - timedelta(hours=hours)
    for name in _names(""):
        # The age first: a file is written before its row.
        is_old = default_storage.get_modified_time(name) < limit
        if is_old and not any(model._base_manager.filter(**{field: name}).exists() for model, field in fields):
            yield name


def stale_previews() -> Iterator[Path]:
    """Yield the paths of page images that were made long ago, and of such that were never finished."""
    return _older(Path(settings.MEDIA_ROOT) / previews.FOLDER, "*/*", timedelta(days=PREVIEW_DAYS))


def partial_uploads(*, hours: float) -> Iterator[Path]:
    """Yield the paths of uploads on their way in that a killed process left behind."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())
    return _older(folder, "tmp*.upload*", timedelta(hours=hours))


def _file_fields(model: type[Model]) -> list[FileField]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, FileField)]


def _names(folder: str) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    yield from (f"{folder}/{file}".lstrip("/") for file in files)
    for inner in folders:
        if folder or inner != previews.FOLDER:
            yield from _names(f"{folder}/{inner}".lstrip("/"))


def _older(folder: Path, pattern: str, age: timedelta) -> Iterator[Path]:
    limit = (timezone.now() - age).timestamp()
    return (path for path in folder.glob(pattern) if path.is_file() and path.stat().st_mtime < limit)
