from django.core.management.base import BaseCommand

from accounts.login import codes


class Command(BaseCommand):
    help = "Delete SMS codes older than a day; run it daily, like clearsessions."

    def handle(self, *args, **options):
        self.stdout.write(f"{codes.purge()} codes deleted.")
