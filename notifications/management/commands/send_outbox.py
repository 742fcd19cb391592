from typing import Any

from django.core.management.base import BaseCommand

from notifications.enums import DeliveryState
from notifications.models import Delivery
from notifications.outbox import delivering


class Command(BaseCommand):
    help = "Sends the text messages and pushes that are due; for cron, every minute, where no Celery beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        done = delivering.send_due()
        parts = [f"{DeliveryState(state).label} {count}" for state, count in sorted(done.items())]
        waiting = Delivery.objects.filter(state=DeliveryState.WAITING).count()
        self.stdout.write("，".join([*parts, f"还有 {waiting} 条待发送。"]))
