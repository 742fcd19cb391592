from django.core.management.base import BaseCommand

from accounts.keeping import kept
from accounts.login import codes


class Command(BaseCommand):
    help = "Delete SMS codes older than a day, and kept forms that are shown no more; run it daily, like clearsessions."

    def handle(self, *args, **options):
        self.stdout.write(f"{codes.purge()} codes and {kept.purge()} kept forms deleted.")
