"""Documents to sign: each signature adds a revision, and no revision ever changes."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Enterprise
from accounts.validators import PERSON_LENGTH
from bandian.db.crypto import EncryptedTextField
from signing.enums import Level, Role
from signing.models import paths
from signing.models.seal import Seal

# Letters and digits that are not mistaken for one another on paper.
_CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def check_code() -> str:
    """Return a code of 80 bits by which anyone can ask whether a file is genuine."""
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(16))


class Document(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField("名称", max_length=200)
    original = models.FileField("原始文件", upload_to=paths.original_path, editable=False)
    original_sha256 = models.CharField("原始文件哈希", max_length=64, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="签发人"
    )
    created_at = models.DateTimeField("签发时间", auto_now_add=True)
    code = models.CharField("核验码", max_length=16, unique=True, default=check_code, editable=False)
    # What the last check of the stored files found; empty: all is well.
    problem = models.CharField("问题", max_length=200, blank=True, editable=False)
    checked_at = models.DateTimeField("核对时间", null=True, editable=False)
    # Since when the paper no longer counts, and why: known to the app that it belongs to, which calls services.void.
    void_since = models.DateTimeField("作废时间", null=True, editable=False)
    void_reason = models.CharField("作废原因", max_length=200, blank=True, default="", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "待签文件"
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def current(self) -> "Revision":
        """The latest revision; reads no rows where `revisions` was prefetched."""
        return max(self.revisions.all(), key=lambda revision: revision.number)

    @property
    def is_signed(self) -> bool:
        """Whether every party has signed."""
        return not self.fields.filter(signature=None).exists()

    def awaits(self, role: str) -> bool:
        """Whether this party is to sign and has not yet."""
        return self.fields.filter(role=role, signature=None).exists()


class SignatureField(models.Model):
    """Where a party signs: page counts from 0; the box is in points of the page's user space."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="fields", verbose_name="文件")
    role = models.CharField("签署方", max_length=20, choices=Role)
    name = models.CharField("域名", max_length=40)
    page = models.PositiveIntegerField("页")
    x0 = models.FloatField()
    y0 = models.FloatField()
    x1 = models.FloatField()
    y1 = models.FloatField()

    class Meta:
        verbose_name = verbose_name_plural = "签名位置"
        ordering = ["page", "-y1"]
        constraints = [
            models.UniqueConstraint(fields=["document", "role"], name="signature_field_once_per_role"),
            models.CheckConstraint(condition=Q(x0__lt=F("x1")) & Q(y0__lt=F("y1")), name="signature_field_box_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.get_role_display()}"

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.x0, self.y0, self.x1, self.y1


class Revision(models.Model):
    """The file as frozen (number 0) and after each signature; its bytes begin with those of the one before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="revisions", verbose_name="文件")
    number = models.PositiveSmallIntegerField("版次")
    file = models.FileField("文件", upload_to=paths.revision_path, editable=False)
    sha256 = models.CharField("哈希", max_length=64)
    previous_sha256 = models.CharField("上一版哈希", max_length=64, blank=True)
    size = models.PositiveIntegerField("字节数")
    created_at = models.DateTimeField("生成时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件版次"
        ordering = ["document", "number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="revision_number_once"),
            models.CheckConstraint(
                condition=Q(number=0, previous_sha256="") | Q(number__gt=0) & ~Q(previous_sha256=""),
                name="revision_names_the_one_before",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} v{self.number}"


class Signature(models.Model):
    """A signature as it was made; what was known of the person then stays, whatever becomes of the account.

    Rows made before that was kept have it empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    field = models.OneToOneField(SignatureField, models.PROTECT, related_name="signature", verbose_name="签名位置")
    revision = models.OneToOneField(Revision, models.PROTECT, related_name="signature", verbose_name="版次")
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="signatures", verbose_name="签署人"
    )
    # Whose certificate: the enterprise's, or of a person without one, their own.
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, related_name="signatures", verbose_name="签署企业"
    )
    signer_name = models.CharField("签署时的姓名", max_length=PERSON_LENGTH, blank=True, default="", editable=False)
    signer_phone = models.CharField("签署时的手机号", max_length=11, blank=True, default="", editable=False)  # masked
    signer_identity = models.CharField("签署时的身份核验", max_length=100, blank=True, default="", editable=False)
    enterprise_name = models.CharField(
        "签署时的企业名称", max_length=Enterprise.NAME_LENGTH, blank=True, default="", editable=False
    )
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="signatures", verbose_name="印章")
    # What was drawn or typed, as JSON (see signing.marks.handwriting); evidence, so sealed. Empty: a seal alone.
    ink = EncryptedTextField("笔迹", blank=True)
    certificate_serial = models.CharField("证书序列号", max_length=40)
    signed_at = models.DateTimeField("签署时间")
    level = models.CharField("签名级别", max_length=3, choices=Level, default=Level.B_B)
    timestamp_at = models.DateTimeField("时间戳时间", null=True)
    # The phone that confirmed the act by a code, masked, and when; empty where no code was asked for.
    confirmed_phone = models.CharField("确认手机号", max_length=11, blank=True)
    confirmed_at = models.DateTimeField("短信确认时间", null=True)
    ip = models.GenericIPAddressField("IP 地址", null=True, blank=True)
    user_agent = models.CharField("浏览器", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "签名"
        ordering = ["signed_at"]

    def __str__(self) -> str:
        return f"{self.person} {self.signed_at:%Y-%m-%d %H:%M}"

    @property
    def act(self) -> str:
        """What was put on the document: by hand, by seal, or by both."""
        if self.seal_id is None:
            return "签字"
        return "签字并盖章" if self.ink else "盖章"

    @property
    def person(self) -> str:
        """The name of the signer when signing; of rows without it, the account's name of today."""
        return self.signer_name or str(self.signer)

    @property
    def party(self) -> str:
        """The name of the signer's enterprise when signing, likewise; empty for a person without one."""
        return self.enterprise_name or (self.enterprise.name if self.enterprise else "")


class Proposal(models.Model):
    """What a party means to put on a document: shown as a preview; nothing is signed before it is confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="proposals", verbose_name="文件")
    role = models.CharField("签署方", max_length=20, choices=Role)
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="proposals", verbose_name="印章")
    ink = EncryptedTextField("笔迹", blank=True)
    # Of the revision that was shown; the proposal is void once the document has another.
    sha256 = models.CharField("所见版本哈希", max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="proposals", verbose_name="签署人")
    created_at = models.DateTimeField("生成时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "待确认签章"
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["document", "role"], name="one_proposal_per_party")]

    def __str__(self) -> str:
        return f"{self.document} {self.get_role_display()}"

    @property
    def act(self) -> str:
        """The act in a word, as the guide's button names it (【确认并盖章】): the handwriting goes with the seal."""
        return "盖章" if self.seal_id else "签字"


class Draft(models.Model):
    """A paper that staff look at before it is issued; swept after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="经办人")
    file = models.FileField("文件", upload_to=paths.draft_path, editable=False)
    sha256 = models.CharField("哈希", max_length=64)
    # What the file was called that somebody brought along; empty for what the system made.
    name = models.CharField("文件名", max_length=255, blank=True)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "待签发预览"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.by} {self.created_at:%Y-%m-%d %H:%M}"


class Evidence(models.Model):
    """The signed report on a document as it stood at one revision (存证报告), made anew once the paper is void."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="evidence", verbose_name="文件版次")
    file = models.FileField("文件", upload_to=paths.evidence_path, editable=False)
    sha256 = models.CharField("哈希", max_length=64)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "存证报告"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.revision} 存证报告"
