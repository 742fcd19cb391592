"""What leaves the house, and how a user wants to hear of it."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from notifications.enums import Channel, DeliveryState, Kind
from notifications.models.notification import Notification


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> Self:
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

    def __str__(self) -> str:
        return f"{self.get_channel_display()}：{self.notification}"


class Preference(models.Model):
    """How a user wants to hear of one kind; without a row: SMS for what needs action, push for the rest."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="用户")
    kind = models.CharField("类别", max_length=40, choices=Kind)
    channel = models.CharField("方式", max_length=4, choices=Channel)

    class Meta:
        verbose_name = verbose_name_plural = "消息设置"
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once")]

    def __str__(self) -> str:
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

    def __str__(self) -> str:
        return self.endpoint[:40]
