from typing import Any

from django.core.management.base import BaseCommand

from accounts.keeping import kept
from accounts.login import codes, sessions


class Command(BaseCommand):
    help = "Delete SMS codes older than a day, ended sessions, and kept forms that are shown no more; run it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        ended = sessions.purge()
        self.stdout.write(f"{codes.purge()} codes, {ended} sessions and {kept.purge()} kept forms deleted.")
