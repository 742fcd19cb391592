"""The record of a room, to which lines are only ever added, and the managers' ready answers."""

from django.conf import settings
from django.db import models

from chat.enums import AuditAction
from chat.models.room import Room


class AuditEntry(models.Model):
    """Who did what in a room beside talking. Source: 互联网群组信息服务管理规定 (members are on record)."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="audit")
    action = models.CharField("动作", max_length=20, choices=AuditAction)
    # Empty: the system, with a step of the order.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    about = models.CharField("对象", max_length=100, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "群聊记录"
        ordering = ["room", "id"]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.about}"


class QuickReply(models.Model):
    """A sentence that a member of staff says often (快捷回复)."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="quick_replies")
    text = models.CharField("快捷回复", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "快捷回复"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["owner", "text"], name="quick_reply_once")]

    def __str__(self) -> str:
        return self.text
