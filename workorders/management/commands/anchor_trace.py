from django.core.management.base import BaseCommand
from django.utils import timezone

from workorders import anchors


class Command(BaseCommand):
    help = "Put the last hash of every order's trace down in ANCHOR_DIR, once a day; verify_trace --anchors compares."

    def handle(self, **options):
        try:
            path = anchors.make(timezone.localdate())
        except anchors.AlreadyAnchored as error:
            self.stdout.write(f"{error} is there already.")
        else:
            self.stdout.write(f"Wrote {path}.")
