from celery import shared_task
from django.core.management import call_command


@shared_task
def check_documents() -> None:
    """Check the stored documents against their rows; fails, for the worker's log, where one is not as it was."""
    call_command("check_documents")
