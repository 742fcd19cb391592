from django.db import models


class RecoveryCode(models.Model):
    """One of the codes that stand in for a lost authenticator; only its keyed hash is kept."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="recovery_codes", verbose_name="用户")
    code_hash = models.CharField("摘要", max_length=64)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "恢复码"
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="recoverycode_once")]

    def __str__(self) -> str:
        return f"{self.user} {'已用' if self.used_at else '未用'}"
