from typing import Any

from django.core.management.base import BaseCommand

from workorders.desk import reminders
from workorders.limits import deadlines


class Command(BaseCommand):
    help = "Bring due dates up to date and send the reminders that are due; where no Celery beat runs, daily by cron."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Changed {deadlines.recompute()} due dates.")
        self.stdout.write(f"Sent {reminders.send()} reminders.")
