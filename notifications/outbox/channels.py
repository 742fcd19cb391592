"""What a user decides: how messages leave the house, which browsers take pushes; and a message to try it out."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone

from bandian.db.locks import atomic
from notifications.enums import Kind
from notifications.models import Notification, Preference, PushSubscription
from notifications.outbox import push
from notifications.services import notify

if TYPE_CHECKING:
    from accounts.models import User


TESTS_PER_MINUTE = 5


def chosen_by(user: "User") -> dict[str, str]:
    """Return {kind: channel} of what the user has chosen."""
    return dict(Preference.objects.filter(user=user).values_list("kind", "channel"))


def choose(user: "User", wishes: dict[str, str]) -> None:
    """Keep the user's wishes, {kind: channel}."""
    rows = [Preference(user=user, kind=kind, channel=channel) for kind, channel in wishes.items()]
    Preference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["channel"]
    )


@atomic
def subscribe(user: "User", *, endpoint: str, p256dh: str, auth: str) -> None:
    """Send pushes to this browser from now on; it belongs to whoever subscribed last. The oldest one too many goes."""
    values = {"user": user, "p256dh": p256dh, "auth": auth, "created_at": timezone.now()}
    PushSubscription.objects.update_or_create(endpoint=endpoint, defaults=values)
    newest = PushSubscription.objects.filter(user=user).order_by("-created_at")[: push.MOST_PER_USER]
    PushSubscription.objects.filter(user=user).exclude(pk__in=[row.pk for row in newest]).delete()


def unsubscribe(user: "User", endpoint: str) -> None:
    PushSubscription.objects.filter(user=user, endpoint=endpoint).delete()


def unsubscribe_all(user: "User") -> int:
    """Send pushes to no browser of the user any more; return how many there were.

    Whoever was in with a stolen login may have subscribed a browser of their own, and would go on reading.
    """
    return PushSubscription.objects.filter(user=user).delete()[0]


def send_test(user: "User") -> Notification:
    """Send the user a message that should pop up; raises ValidationError over TESTS_PER_MINUTE."""
    recent = Notification.objects.filter(
        user=user, kind=Kind.TEST, created_at__gt=timezone.now() - timedelta(minutes=1)
    )
    if recent.count() >= TESTS_PER_MINUTE:
        raise ValidationError("测试得太快了，请一分钟后再试。")
    title, body = "测试消息：能看到它，说明消息可以送达", "由您在【消息自检】页发出。"
    return notify([user], kind=Kind.TEST, title=title, body=body, url="/messages/check/")[0]
