"""What is said in a room, and the files shared in it."""

import uuid
from pathlib import PurePath
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.enums import MessageKind
from chat.models.room import Membership, Room
from files import checks


class MessageQuerySet(models.QuerySet["Message"]):
    def seen_by(self, membership: Membership | None) -> Self:
        """Return what a member may read; staff who look from outside (None) may read all."""
        return self.filter(seq__gt=membership.history_from_seq) if membership else self

    def with_parts(self) -> Self:
        """Read in one go all that a line shows."""
        return self.select_related("author", "recalled_by", "attachment", "reply_to__author", "reply_to__attachment")


class Message(models.Model):
    """One line of a room. `seq` orders the lines, `change` is the room's count when this one was last touched."""

    MAX_LENGTH = 4000

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="messages")
    seq = models.PositiveIntegerField()
    change = models.PositiveIntegerField()
    # Empty: the system.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="发送人"
    )
    author_role = models.CharField("身份", max_length=12, blank=True)
    kind = models.CharField("类型", max_length=10, choices=MessageKind, default=MessageKind.TEXT)
    body = models.TextField("内容", max_length=MAX_LENGTH, blank=True)
    # Made by the page: the same message sent again is the same row.
    client_uuid = models.UUIDField(null=True)
    reply_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    # Ids of users in hex, or "all".
    mentions = models.JSONField(default=list)
    recalled_at = models.DateTimeField(null=True)
    recalled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recall_reason = models.CharField("撤回原因", max_length=100, blank=True)
    # What the system tells of: one line, however often it is told. Null, not "": only nulls may repeat.
    event_key = models.CharField(max_length=60, null=True)  # noqa: DJ001
    created_at = models.DateTimeField("时间", auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "聊天消息"
        ordering = ["room", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="message_numbered"),
            models.UniqueConstraint(fields=["room", "author", "client_uuid"], name="message_sent_once"),
            models.UniqueConstraint(fields=["room", "event_key"], name="message_told_once"),
            models.CheckConstraint(
                condition=Q(kind=MessageKind.SYSTEM, author=None) | (~Q(kind=MessageKind.SYSTEM) & ~Q(author=None)),
                name="message_has_an_author",
            ),
        ]
        indexes = [
            models.Index(fields=["room", "change"], name="message_changes"),
            models.Index(fields=["author", "room", "-created_at"], name="message_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.seq}"

    @property
    def is_recalled(self) -> bool:
        return self.recalled_at is not None


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Store under a random name: what the sender called the file stays text in the row."""
    return f"chat/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """The file of a message: checked, and where it is an image or a PDF written anew, before the row exists."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.OneToOneField(Message, models.PROTECT, related_name="attachment")
    file = models.FileField("文件", upload_to=attachment_path)
    thumb = models.FileField("缩略图", upload_to=attachment_path, blank=True)
    original_name = models.CharField("文件名", max_length=255)
    content_type = models.CharField("格式", max_length=100)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField(max_length=64)
    # Of the file as it came, by which the same file sent again is known.
    original_sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    notes = models.CharField("处理说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "聊天文件"

    def __str__(self) -> str:
        return self.original_name

    @property
    def download_name(self) -> str:
        """What the sender called the file, with the ending of what it is now."""
        endings = {"image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",), "application/pdf": (".pdf",)}
        found = endings.get(self.content_type)
        return checks.with_ending(self.original_name, *found) if found else PurePath(self.original_name).name
