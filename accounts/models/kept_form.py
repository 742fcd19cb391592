import uuid
from datetime import timedelta

from django.db import models

from bandian.db.crypto import EncryptedTextField


class KeptForm(models.Model):
    """What somebody sent when nothing could be done with it: the login had ended, or the page was too old.

    Sealed, read by its owner only, and gone once the form has been sent again.
    """

    LIFE = timedelta(hours=12)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(  # nobody: a page for strangers, who see it in the same browser
        "accounts.User", models.CASCADE, null=True, related_name="kept_forms", verbose_name="用户"
    )
    page = models.TextField("页面")
    sent = EncryptedTextField("内容")
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "暂存的表单"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.page


class KeptFile(models.Model):
    """A file that came with such a form: sealed, and gone with it."""

    RESEAL_BATCH = 1  # one of them may be large

    form = models.ForeignKey(KeptForm, models.CASCADE, related_name="files", verbose_name="表单")
    field = models.CharField("栏目", max_length=100)
    name = models.CharField("文件名", max_length=100)
    content_type = models.CharField("类型", max_length=100)
    data = EncryptedTextField("内容")  # as base64

    class Meta:
        verbose_name = verbose_name_plural = "暂存的文件"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
