from typing import Any

from django.core.files.storage import default_storage
from django.core.management import CommandParser
from django.core.management.base import BaseCommand

from accounts.identity import id_photos
from files import sweeping
from signing import drafts
from workorders.requests import uploads


class Command(BaseCommand):
    help = "Delete files without a row, half uploads, old page images, drafts of ended orders, photos nobody waits for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hours", type=int, default=24, help="spare files younger than this (default 24)")
        parser.add_argument("--days", type=int, default=90, help="keep the drafts of ended orders so long (default 90)")

    def handle(self, *, hours: int, days: int, **options: Any) -> None:
        if count := uploads.discard_abandoned(days=days):
            self.stdout.write(f"Deleted {count} files that ended orders never handed in.")
        if count := id_photos.sweep():
            self.stdout.write(f"Deleted {count} photos of identity documents that wait for no decision.")
        if count := drafts.sweep():
            self.stdout.write(f"Deleted {count} drafts of papers that were never issued.")
        for name in sweeping.strays(hours=hours):
            default_storage.delete(name)
            self.stdout.write(f"Deleted {name}.")
        for path in [*sweeping.partial_uploads(hours=hours), *sweeping.stale_previews()]:
            path.unlink(missing_ok=True)
            self.stdout.write(f"Deleted {path}.")
