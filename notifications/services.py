"""Write messages to inboxes, mark them as read, and tell open pages about it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from bandian.db.locks import atomic, locking
from notifications.live import publishing
from notifications.models import Notification
from notifications.outbox import delivering
from notifications.outbox.waking import wake_outbox

if TYPE_CHECKING:
    from accounts.models import User


def notify(
    users: Iterable["User"], *, kind: str, title: str, body: str = "", url: str = "", key: str = "", sms: str = ""
) -> list[Notification]:
    """Put one message in the inbox of each user, in the caller's transaction; tell their pages after commit.

    `url` is a path of this site, or empty. A title or body too long for its column is cut, so that news
    never undoes the work it reports. With a `key`, the user's unread message of that key is renewed instead of
    another one added; who uses one holds a lock of their own. `sms` is what a text message about it says, no more
    than the order's number and what to do; it is sent where the kind asks for action and the reader wants it so.
    """
    people = {user.pk: user for user in users}
    texts = {"title": _fit("title", title), "body": _fit("body", body), "url": url, "created_at": timezone.now()}
    renewed = _renew(people, key, texts) if key else []
    known = {row.user_id for row in renewed}
    values = texts | {"kind": kind, "key": key, "sms": _fit("sms", sms)}
    rows = [Notification(user=user, **values) for pk, user in people.items() if pk not in known]
    Notification.objects.bulk_create(rows)
    if rows and delivering.plan(rows):
        transaction.on_commit(wake_outbox, robust=True)
    news = [event_of(row) for row in rows] + [event_of(row) | {"again": True} for row in renewed]
    publishing.send_all(([row.user_id], event) for row, event in zip(rows + renewed, news, strict=True))
    return rows + renewed


def _renew(users: Mapping[UUID, "User"], key: str, texts: dict[str, Any]) -> list[Notification]:
    rows = list(locking(Notification.objects.unread()).filter(key=key, user__in=users).order_by("pk"))
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(**texts)
    for row in rows:
        row.title, row.body, row.url, row.created_at = texts.values()
    return rows


def event_of(row: Notification) -> dict:
    """Return what a page is told of a message."""
    return {"type": "notice", "id": row.id.hex, "kind": row.kind, "title": row.title}


def recheck_sockets(user: "User") -> None:
    """After commit, close the user's sockets; a browser that is still logged in connects again."""
    publishing.close_sockets(user.pk)


def mark_key_read(user: "User", key: str) -> None:
    """Mark what came under the key as read, as when its room was read; the user's pages learn the new count."""
    unread = Notification.objects.visible_to(user).unread()
    if unread.filter(key=key).update(read_at=timezone.now()):
        publishing.send([user.pk], {"type": "unread", "unread": unread.count()})


def mark_url_read(user: "User", *urls: str) -> None:
    """Mark what leads to one of these paths as read, as when somebody acts there without the inbox."""
    unread = Notification.objects.visible_to(user).unread()
    if unread.filter(url__in=urls).update(read_at=timezone.now()):
        publishing.send([user.pk], {"type": "unread", "unread": unread.count()})


def mark_read(notification: Notification) -> None:
    """Keep the time of the first reading."""
    Notification.objects.unread().filter(pk=notification.pk).update(read_at=timezone.now())


@atomic
def mark_all_read(user: "User") -> int:
    """Mark what the user has not read; return how many messages that were."""
    unread = locking(Notification.objects.visible_to(user).unread()).order_by("pk").values_list("pk", flat=True)
    return Notification.objects.unread().filter(pk__in=list(unread)).update(read_at=timezone.now())


def _fit(field: str, text: str) -> str:
    limit = getattr(Notification._meta.get_field(field), "max_length", None)
    return text if limit is None or len(text) <= limit else text[: limit - 1] + "…"
