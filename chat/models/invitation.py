"""Contacts come by link: who is invited to which room as what, and what became of it."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.validators import PERSON_LENGTH, mask_phone, validate_person_name, validate_phone
from bandian.db.crypto import EncryptedCharField
from chat.enums import MemberRole
from chat.models.room import Room

MAX_TRIES = 5
LIFETIME = timedelta(days=7)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> Self:
        """Return those that still let their person in."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=timezone.now(), tries__lt=MAX_TRIES)


class Invitation(models.Model):
    """One link for one person; a link that is sent again is a new row, and the one before is revoked.

    No token is stored: the link is made from the id with a key outside the database (chat.rooms.links). The phone is
    sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="invitations", verbose_name="群聊")
    role = models.CharField(
        "身份", max_length=12, choices=[(role.value, role.label) for role in map(MemberRole, MemberRole.contacts)]
    )
    name = models.CharField("姓名", max_length=PERSON_LENGTH, validators=[validate_person_name])
    phone = EncryptedCharField("手机号", max_length=11, validators=[validate_phone])
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="邀请人")
    created_at = models.DateTimeField("邀请时间", auto_now_add=True)
    expires_at = models.DateTimeField("有效期至")
    tries = models.PositiveSmallIntegerField("错误次数", default=0)
    used_at = models.DateTimeField("加入时间", null=True)
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField("撤销时间", null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群聊邀请"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None) | Q(used_at__isnull=False, used_by__isnull=False),
                name="invitation_used_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_role_display()}）"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    @property
    def status(self) -> str:
        """What became of it, in words."""
        if self.used_at:
            return "已加入"
        if self.revoked_at:
            return "已撤销"
        if self.tries >= MAX_TRIES:
            return "已锁定"
        return "待加入" if self.expires_at > timezone.now() else "已过期"

    @property
    def is_pending(self) -> bool:
        return self.status == "待加入"
