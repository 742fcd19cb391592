"""Seals of enterprises (印章): what one looks like never changes, what became of it stands in its events."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Enterprise, User
from signing.enums import SealKind, SealOrigin, SealPaperKind, SealState
from signing.models import paths


class SealQuerySet(models.QuerySet["Seal"]):
    def of(self, user: User) -> Self:
        """Return the seals of the user's enterprise; none for a user without one."""
        return self.filter(enterprise=user.enterprise_id) if user.enterprise_id else self.none()

    def usable(self) -> Self:
        """Return the valid seals of enterprises that nobody changed since they were compared with their licence."""
        return self.filter(state=SealState.VALID, enterprise__verified_at__isnull=False)


class Seal(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="seals", verbose_name="企业")
    kind = models.CharField("印章类型", max_length=10, choices=SealKind)
    origin = models.CharField("生成方式", max_length=10, choices=SealOrigin)
    # The words on it: the enterprise's name in the ring, or the representative's on the square.
    text = models.CharField("印文", max_length=Enterprise.NAME_LENGTH)
    number = models.CharField("印章编码", max_length=13, blank=True)
    # Diameter, or the side of a square.
    size_mm = models.PositiveSmallIntegerField("尺寸（毫米）", default=42)
    image = models.FileField("印章图片", upload_to=paths.seal_path, blank=True, editable=False)
    # Of the image's file, or of the drawing's operators.
    sha256 = models.CharField("图样哈希", max_length=64, editable=False)
    state = models.CharField("状态", max_length=10, choices=SealState, default=SealState.PENDING, editable=False)
    reason = models.CharField("原因", max_length=200, blank=True, editable=False)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    applied_at = models.DateTimeField("申请时间", auto_now_add=True)

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "印章"
        ordering = ["-applied_at", "id"]
        indexes = [models.Index(fields=["applied_at"], condition=Q(state=SealState.PENDING), name="seal_waiting")]
        constraints = [
            # One of a kind at a time, as at the engraver's.
            models.UniqueConstraint(
                fields=["enterprise", "kind"], condition=Q(state__in=SealState.open_states), name="one_seal_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(origin=SealOrigin.GENERATED, image="") | Q(origin=SealOrigin.UPLOADED) & ~Q(image=""),
                name="uploaded_seal_has_image",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.get_kind_display()}"

    @property
    def is_usable(self) -> bool:
        return self.state == SealState.VALID


class SealPaper(models.Model):
    """A paper that proves the right to a seal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seal = models.ForeignKey(Seal, models.CASCADE, related_name="papers", verbose_name="印章")
    kind = models.CharField("材料", max_length=20, choices=SealPaperKind)
    file = models.FileField("文件", upload_to=paths.seal_paper_path, editable=False)
    original_name = models.CharField("文件名", max_length=255)
    content_type = models.CharField("格式", max_length=40)
    sha256 = models.CharField("哈希", max_length=64)
    pages = models.PositiveIntegerField("页数", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "印章申请材料"
        ordering = ["kind", "original_name"]

    def __str__(self) -> str:
        return self.original_name


class SealEvent(models.Model):
    """One line of a seal's trace: applied for, approved, used, cancelled; rows are only ever added."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="events", verbose_name="印章")
    number = models.PositiveIntegerField("序号")
    label = models.CharField("事项", max_length=40)
    note = models.CharField("说明", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "印章记录"
        ordering = ["seal", "number"]
        constraints = [models.UniqueConstraint(fields=["seal", "number"], name="one_seal_event_per_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"
