"""Write messages to inboxes, mark them as read, and tell open pages about it."""

import asyncio
import logging
from collections.abc import Iterable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications.consumers import group_of
from notifications.models import Notification

PUSH_SECONDS = 1.0

logger = logging.getLogger(__name__)


def notify(users: Iterable, *, kind: str, title: str, body: str = "", url: str = "") -> list[Notification]:
    """Put one message in the inbox of each user, in the caller's transaction; tell their pages after commit.

    `url` is a path of this site, or empty. A title or body too long for its column is cut, so that news
    never undoes the work it reports.
    """
    rows = [
        Notification(user=user, kind=kind, title=_fit("title", title), body=_fit("body", body), url=url)
        for user in {user.pk: user for user in users}.values()
    ]
    Notification.objects.bulk_create(rows)
    events = [(row.user, {"type": "notice", "id": row.id.hex, "kind": kind, "title": row.title}) for row in rows]
    _after_commit(events)
    return rows


def recheck_sockets(user: settings.AUTH_USER_MODEL) -> None:
    """After commit, close the user's sockets; a browser that is still logged in connects again."""
    _after_commit([(user, {"type": "session.check"})])


def mark_read(notification: Notification) -> None:
    """Keep the time of the first reading."""
    Notification.objects.unread().filter(pk=notification.pk).update(read_at=timezone.now())


def mark_all_read(user: settings.AUTH_USER_MODEL) -> int:
    """Mark what the user has not read; return how many messages that were."""
    return Notification.objects.visible_to(user).unread().update(read_at=timezone.now())


def _fit(field, text):
    limit = Notification._meta.get_field(field).max_length
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _after_commit(events):
    if events:
        transaction.on_commit(lambda: _push(events), robust=True)


def _push(events):
    """Send the events within PUSH_SECONDS in all; what fails is logged, for the inbox holds the rows."""

    async def send():
        async with asyncio.timeout(PUSH_SECONDS):
            await asyncio.gather(*(layer.group_send(group_of(user), event) for user, event in events))

    try:
        # Here and not in send(): its first call imports the backend, which would hold up the server's event loop.
        layer = get_channel_layer()
        async_to_sync(send)()
    except Exception:
        # Any failure of any backend: its packages share no base class, and the caller must not notice.
        logger.warning("Live notices for %d users were not sent.", len(events), exc_info=True)
