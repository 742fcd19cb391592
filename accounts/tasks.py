from celery import shared_task
from django.core.management import call_command

from accounts.identity import id_photos


@shared_task
def sweep_photos() -> None:
    """Delete the photos of identity documents that wait for no decision any more."""
    id_photos.sweep()


@shared_task
def clear_codes() -> None:
    """Delete codes, sessions and kept forms that are of no more use."""
    call_command("clear_codes")


@shared_task
def settle_claims() -> None:
    """Approve the claims that the identity service confirmed a while ago."""
    call_command("settle_claims")
