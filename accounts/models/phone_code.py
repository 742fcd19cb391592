from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import CodePurpose
from accounts.validators import mask_phone


class PhoneCode(models.Model):
    """A code sent by SMS; of the code, the browser and the address only keyed hashes are kept."""

    phone = models.CharField(max_length=11)
    purpose = models.CharField(max_length=8, choices=CodePurpose)
    code_hash = models.CharField(max_length=64)
    browser = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "短信验证码"
        indexes = [
            models.Index(fields=["phone", "purpose", "created_at"], name="phonecode_phone"),
            models.Index(fields=["address", "created_at"], name="phonecode_address"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=CodePurpose.values), name="phonecode_purpose_known"),
            models.CheckConstraint(condition=Q(tries__lte=5), name="phonecode_tries_at_most_five"),
        ]

    def __str__(self) -> str:
        return f"{mask_phone(self.phone)} {self.get_purpose_display()}"
