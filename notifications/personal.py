"""The messages as personal data: see accounts.privacy."""

from notifications.models import Notification, OpenRoom


def export(user):
    rows = Notification.objects.visible_to(user)
    return {"消息": [{"时间": row.created_at, "标题": row.title, "内容": row.body} for row in rows]}


def files(user):
    return ()


def refusal(user):
    return ""


def erase(user):
    Notification.objects.visible_to(user).delete()
    OpenRoom.objects.filter(user=user).delete()
