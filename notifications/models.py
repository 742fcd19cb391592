"""The inbox, what leaves the house of it and how, and which rooms are open in front of people."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from notifications.enums import Channel, DeliveryState, Kind


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user=user)

    def unread(self):
        return self.filter(read_at__isnull=True)

    def older_than(self, notification):
        """Return what comes after the given row in the inbox, newest first."""
        return self.filter(
            Q(created_at__lt=notification.created_at) | Q(created_at=notification.created_at, id__lt=notification.id)
        )


class Notification(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", verbose_name="用户"
    )
    kind = models.CharField("类别", max_length=40, choices=Kind)
    title = models.CharField("标题", max_length=80)
    body = models.CharField("内容", max_length=500, blank=True)
    url = models.CharField("链接", max_length=300, blank=True)
    # What goes on under the same key is one row as long as it is unread: the messages of one room.
    key = models.CharField("合并标识", max_length=60, blank=True, editable=False)
    # What an SMS about it says: the order's number and what to do. Empty: none is sent.
    sms = models.CharField("短信内容", max_length=300, blank=True)
    created_at = models.DateTimeField("时间", default=timezone.now)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notification_inbox"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index(
                fields=["key"], condition=~Q(key="") & Q(read_at__isnull=True), name="notification_unread_key"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(url="") | (Q(url__startswith="/") & ~Q(url__startswith="//")), name="notification_url_local"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("notifications:open", args=[self.id])


class OpenRoom(models.Model):
    """A page shows a chat room in front, so that its messages need no notice; `seen_at` is renewed while it does."""

    socket = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="用户")
    room = models.UUIDField("群聊")
    seen_at = models.DateTimeField("最近确认")

    class Meta:
        verbose_name = verbose_name_plural = "正在看的群聊"
        indexes = [models.Index(fields=["room", "seen_at"], name="open_room_fresh")]

    def __str__(self):
        return str(self.room)


class DeliveryQuerySet(models.QuerySet):
    def due(self):
        return self.filter(state=DeliveryState.WAITING, next_attempt_at__lte=timezone.now())


class Delivery(models.Model):
    """A message on its way out by one channel: written with the message, sent after the commit, tried again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries", verbose_name="消息")
    channel = models.CharField("方式", max_length=4, choices=Channel)
    state = models.CharField("状态", max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_attempt_at = models.DateTimeField("下次发送", default=timezone.now)
    claim = models.UUIDField("认领标识", null=True, editable=False)
    last_error = models.CharField("最近的错误", max_length=120, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "发送"
        indexes = [models.Index(fields=["next_attempt_at"], condition=Q(state="waiting"), name="delivery_due")]
        constraints = [models.UniqueConstraint(fields=["notification", "channel"], name="delivery_once")]

    def __str__(self):
        return f"{self.get_channel_display()}：{self.notification}"


class Preference(models.Model):
    """How a user wants to hear of one kind; without a row: SMS for what needs action, push for the rest."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="用户")
    kind = models.CharField("类别", max_length=40, choices=Kind)
    channel = models.CharField("方式", max_length=4, choices=Channel)

    class Meta:
        verbose_name = verbose_name_plural = "消息设置"
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once")]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.get_channel_display()}"


class PushSubscription(models.Model):
    """A browser that takes push messages (W3C Push API); the keys are the browser's, its public ones."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_subscriptions", verbose_name="用户"
    )
    endpoint = models.CharField("地址", max_length=500, unique=True)
    p256dh = models.CharField("公钥", max_length=100)
    auth = models.CharField("密钥", max_length=40)
    created_at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "推送订阅"
        ordering = ["created_at"]

    def __str__(self):
        return self.endpoint[:40]
