from celery import shared_task

from notifications.outbox import delivering, sms


@shared_task(autoretry_for=(sms.SmsError,), retry_backoff=True, retry_backoff_max=600, max_retries=5)
def send_sms(phone: str, text: str) -> None:
    """Send a text that holds no secret: arguments of tasks lie in the broker in plain."""
    sms.send(phone, text)


@shared_task(expires=600)
def send_outbox() -> None:
    """Send what is due; names no row, so that any number of these may run, at any time."""
    delivering.send_due()
