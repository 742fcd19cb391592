"""The messages as personal data: see accounts.privacy.personal_data."""

from typing import TYPE_CHECKING, Any

from notifications.enums import Channel
from notifications.models import Notification, OpenRoom, Preference, PushSubscription

if TYPE_CHECKING:
    from accounts.models import User


def export(user: "User") -> dict[str, Any]:
    rows = Notification.objects.visible_to(user)
    wishes, browsers = Preference.objects.filter(user=user), PushSubscription.objects.filter(user=user)
    return {
        "消息": [
            {"时间": row.created_at, "标题": row.title, "内容": row.body, "短信": _sms(row)}
            for row in rows.prefetch_related("deliveries")
        ],
        "消息设置": {wish.get_kind_display(): wish.get_channel_display() for wish in wishes},
        "推送订阅": [{"时间": browser.created_at, "地址": browser.endpoint} for browser in browsers],
    }


def _sms(row: Notification) -> dict[str, Any] | None:
    """Return when the message went out by SMS, and what it said."""
    sent = [delivery.sent_at for delivery in row.deliveries.all() if delivery.channel == Channel.SMS]
    return {"时间": sent[0], "内容": row.sms} if any(sent) else None


def files(user: "User") -> tuple[()]:
    return ()


def refusal(user: "User") -> str:
    return ""


def erase(user: "User") -> None:
    Notification.objects.visible_to(user).delete()
    for model in (OpenRoom, Preference, PushSubscription):
        model.objects.filter(user=user).delete()
