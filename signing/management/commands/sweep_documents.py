from datetime import timedelta

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.utils import timezone

from signing.models import Document, Revision

_FOLDERS = {"documents/originals": (Document, "original"), "documents/revisions": (Revision, "file")}


class Command(BaseCommand):
    help = "Delete the files of documents that a crash left without a row."

    def add_arguments(self, parser):
        parser.add_argument("--hours", type=int, default=24, help="spare files younger than this (default 24)")

    def handle(self, *, hours, **options):
        limit = timezone.now() - timedelta(hours=hours)
        for folder, (model, field) in _FOLDERS.items():
            if not default_storage.exists(folder):
                continue
            for file in default_storage.listdir(folder)[1]:
                name = f"{folder}/{file}"
                # The age first: a file is written before its row.
                if (
                    default_storage.get_created_time(name) < limit
                    and not model.objects.filter(**{field: name}).exists()
                ):
                    default_storage.delete(name)
                    self.stdout.write(f"Deleted {name}.")
