from typing import Any

from django.core.management.base import BaseCommand

from accounts.identity import settling


class Command(BaseCommand):
    help = "Approve the claims that the identity service confirmed a while ago; run it every minute."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Approved {settling.settle()} claims.")
