from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workorders.trace import anchors


class Command(BaseCommand):
    help = (
        "Put the last hash of every order's trace down in ANCHOR_DIR, once a day, with the time of the timestamp "
        "authority where TSA_URL names one; verify_trace --anchors compares."
    )

    def handle(self, **options: Any) -> None:
        today = timezone.localdate()
        try:
            self.stdout.write(f"Wrote {anchors.make(today)}.")
        except anchors.AlreadyAnchored as error:
            self.stdout.write(f"{error} is there already.")
        if anchors.stamp(today):
            self.stdout.write("Timestamped.")
