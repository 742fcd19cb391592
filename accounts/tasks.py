from celery import shared_task

from accounts.identity import id_photos


@shared_task
def sweep_photos() -> None:
    """Delete the photos of identity documents that wait for no decision any more."""
    id_photos.sweep()
