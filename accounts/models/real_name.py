"""The real-name check (实名认证), and who read an identity number."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts import documents
from accounts.enums import IdDocument, IdentityProvider, IdentityStatus
from accounts.validators import PERSON_LENGTH, validate_person_name
from bandian.db.crypto import EncryptedCharField, EncryptedTextField


class RealName(models.Model):
    """The name and document that a person claims, and what came of the check; a new try overwrites the last.

    Documents other than the identity card of residents are for a supervisor, whatever the provider is.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="real_name", verbose_name="用户", primary_key=True
    )
    name = models.CharField("姓名", max_length=PERSON_LENGTH, validators=[validate_person_name])
    id_kind = models.CharField("证件类型", max_length=10, choices=IdDocument, default=IdDocument.RESIDENT)
    id_number = EncryptedCharField("证件号码", max_length=documents.LONGEST)
    id_index = models.CharField("证件号码索引", max_length=64, db_index=True, editable=False)
    status = models.CharField("状态", max_length=10, choices=IdentityStatus, default=IdentityStatus.PENDING)
    provider = models.CharField("核验方式", max_length=10, choices=IdentityProvider)
    reason = models.CharField("未通过原因", max_length=200, blank=True)
    submitted_at = models.DateTimeField("提交时间")
    decided_at = models.DateTimeField("审核时间", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审核人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "实名认证"
        ordering = ["-submitted_at"]
        indexes = [
            models.Index(fields=["submitted_at"], condition=Q(status=IdentityStatus.PENDING), name="realname_waiting")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["id_index"], condition=Q(status=IdentityStatus.APPROVED), name="realname_one_account_per_person"
            ),
            models.CheckConstraint(
                condition=Q(status=IdentityStatus.PENDING, decided_at=None)
                | ~Q(status=IdentityStatus.PENDING) & Q(decided_at__isnull=False),
                name="realname_decided_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=IdentityStatus.REJECTED) | ~Q(reason=""), name="realname_rejection_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(id_kind=IdDocument.RESIDENT)
                | Q(provider=IdentityProvider.REVIEW)
                & (~Q(status=IdentityStatus.APPROVED) | Q(decided_by__isnull=False)),
                name="realname_other_documents_by_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_status_display()}）"

    @property
    def masked_id_number(self) -> str:
        return documents.mask(self.id_number)

    @property
    def document(self) -> str:
        """Its kind and number, masked."""
        return documents.shown(self.id_kind, self.id_number)

    @property
    def is_pending(self) -> bool:
        return self.status == IdentityStatus.PENDING


class IdentityPhoto(models.Model):
    """The photo of an identity document, sealed, for as long as a supervisor has to compare a claim with it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="identity_photo", primary_key=True, verbose_name="用户"
    )
    # A JPEG as base64: in the row and not in a file, so that it is gone for good with the transaction that decides.
    image = EncryptedTextField("证件照片", editable=False)
    sha256 = models.CharField("哈希", max_length=64, editable=False)
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "证件照片"

    def __str__(self) -> str:
        return f"{self.user} {self.uploaded_at:%Y-%m-%d %H:%M}"


class IdentityReading(models.Model):
    """A member of staff saw a person's whole identity number, or the photo of the document.

    The person can see this row, nobody changes it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="identity_readings", verbose_name="用户"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="查看人")
    reason = models.CharField("原因", max_length=200)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "证件号码查看记录"
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.by} {self.at:%Y-%m-%d %H:%M}"
