from typing import Any

from django.core.management.base import BaseCommand

from workorders.figures import counting


class Command(BaseCommand):
    help = "Count the months that are over, once each, for 办电公示; where no Celery beat runs, daily by cron."

    def handle(self, **options: Any) -> None:
        for month in counting.publish():
            self.stdout.write(f"Counted {month:%Y-%m}.")
