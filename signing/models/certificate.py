from django.db import models


class Certificate(models.Model):
    """A certificate that the local authority issued; its private key is never in the database."""

    serial = models.CharField("序列号", max_length=40, primary_key=True)
    subject_id = models.CharField("持有人标识", max_length=64)
    name = models.CharField("持有人", max_length=64)
    not_before = models.DateTimeField("生效时间")
    not_after = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)
    revocation_reason = models.CharField("吊销原因", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "证书"
        ordering = ["-not_before", "serial"]

    def __str__(self) -> str:
        return f"{self.name} {self.serial[:8]}"
