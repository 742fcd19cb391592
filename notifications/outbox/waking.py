"""Have the outbox sent soon, without waiting for the broker: a sweep comes every minute anyway."""

import logging
import threading

from django.conf import settings

from notifications.tasks import send_outbox

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_is_wanted = _is_running = False


def wake_outbox() -> None:
    """Send now where tasks run at once; else tell a worker, from a thread that a dead broker may hold up."""
    global _is_wanted, _is_running
    if settings.CELERY_TASK_ALWAYS_EAGER:
        send_outbox.delay()
        return
    with _lock:
        _is_wanted = True
        if _is_running:
            return
        _is_running = True
    threading.Thread(target=_tell, name="outbox", daemon=True).start()


def _tell() -> None:
    global _is_wanted, _is_running
    while True:
        with _lock:
            if not _is_wanted:
                _is_running = False
                return
            _is_wanted = False
        try:
            send_outbox.delay()
        except Exception:
            # Any failure of any broker: the next sweep sends.
            logger.warning("No worker was told of the outbox.", exc_info=True)
