"""People, the enterprises they act for, and the cards of account managers."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone

from accounts.enums import IdentityStatus, Role
from accounts.validators import (
    PERSON_LENGTH,
    PHONE_PATTERN,
    credit_code_doubt,
    mask_phone,
    normalise_phone,
    validate_company,
    validate_credit_code,
    validate_person_name,
    validate_phone,
    validate_representative,
)
from bandian.text import plain

models.CharField.register_lookup(Length)


def photo_path(card: "ManagerCard", filename: str) -> str:
    """Name a photo by chance: the name given by the uploader never reaches the disk."""
    return f"managers/{uuid.uuid4().hex}.jpg"


class UserManager(BaseUserManager["User"]):
    def create_user(self, phone: str, name: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; without a password the account can be entered by SMS code only."""
        user = self.model(phone=normalise_phone(phone), name=plain.name(name), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str, name: str, password: str | None = None, **fields: Any) -> "User":
        """Create a superuser; a password that came with the account is somebody else's until it is changed."""
        facts = {"role": Role.SUPERVISOR, "is_superuser": True, "must_change_password": password is not None}
        return self.create_user(phone, name, password, **{**facts, **fields})


class Enterprise(models.Model):
    NAME_LENGTH = 60

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(
        "企业名称",
        max_length=NAME_LENGTH,
        validators=[MinLengthValidator(2, "企业名称至少 2 个字。"), validate_company],
    )
    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True, validators=[validate_credit_code])
    legal_representative = models.CharField(
        "法定代表人",
        max_length=PERSON_LENGTH,
        validators=[MinLengthValidator(2, "法定代表人至少 2 个字。"), validate_representative],
    )
    address = models.CharField("地址", max_length=120)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    verified_at = models.DateTimeField("核验时间", null=True, editable=False)
    verified_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, editable=False, related_name="+", verbose_name="核验人"
    )

    # When staff found on the licence a code whose check digit is wrong (accounts.validators.credit_code_doubt).
    code_confirmed_at = models.DateTimeField("代码核对时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(name__length__gte=2), name="enterprise_name_length"),
            models.CheckConstraint(
                condition=Q(credit_code__regex=r"^[0-9A-HJ-NP-RTUWXY]{18}$"), name="enterprise_credit_code_form"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_signed(self) -> bool:
        """Whether anything was signed in its name; the rows are those of the app above."""
        return self.signatures.exists()

    @property
    def code_doubt(self) -> str:
        """What is odd about the credit code, in words; empty where nothing is."""
        return credit_code_doubt(self.credit_code)


class EnterpriseChange(models.Model):
    """A line on what a supervisor changed of an enterprise, and why; only ever added."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="changes", verbose_name="企业")
    # None: a slip was corrected before anything was signed in the enterprise's name.
    effective_on = models.DateField("变更日期", null=True)
    before = models.JSONField("变更前")
    after = models.JSONField("变更后")
    reason = models.CharField("原因", max_length=200)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("办理时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "企业变更记录"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{'变更' if self.effective_on else '更正'} {self.at:%Y-%m-%d}"

    @property
    def words(self) -> str:
        """What became of what, e.g. 企业名称：甲公司 → 乙公司."""
        labels = {field.name: field.verbose_name for field in Enterprise._meta.fields}
        return "；".join(f"{labels[name]}：{old} → {self.after[name]}" for name, old in self.before.items())


class User(AbstractBaseUser, PermissionsMixin):
    SIGNING_HOLD = timedelta(hours=24)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phone = models.CharField(
        "手机号",
        max_length=11,
        unique=True,
        validators=[validate_phone],
        error_messages={"unique": "该手机号已有账号。"},
    )
    name = models.CharField("真实姓名", max_length=PERSON_LENGTH, validators=[validate_person_name])
    role = models.CharField("角色", max_length=10, choices=Role, default=Role.CUSTOMER)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="users", verbose_name="企业"
    )
    is_active = models.BooleanField("启用", default=True, help_text="停用后立即不能登录；账号不删除。")
    date_joined = models.DateTimeField("注册时间", default=timezone.now)
    consented_at = models.DateTimeField("同意条款时间", null=True, blank=True)
    # When somebody last got in by other means than the password of the day before: a new phone, or a password set
    # without the old one.
    access_changed_at = models.DateTimeField("更换手机号或重置密码时间", null=True, blank=True)

    # The password was set by whoever made the account, and may be known to more than its owner.
    must_change_password = models.BooleanField("须修改初始密码", default=False, editable=False)

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ["-date_joined", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(phone__regex=PHONE_PATTERN), name="user_phone_form"),
            models.CheckConstraint(condition=Q(name__length__gte=2), name="user_name_length"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True) | Q(role=Role.CUSTOMER),
                name="user_enterprise_customers_only",
                violation_error_message="只有角色为“客户”的用户可以属于企业。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether the admin site lets the user in (a name that Django asks for)."""
        return self.role in Role.staff_roles or self.is_superuser

    @property
    def is_customer(self) -> bool:
        return self.role == Role.CUSTOMER

    @property
    def is_manager(self) -> bool:
        return self.role == Role.MANAGER

    @property
    def is_supervisor(self) -> bool:
        return self.role == Role.SUPERVISOR

    @property
    def is_verified(self) -> bool:
        """Whether the real-name check was passed under the name the account bears now; asks the database each time."""
        passed = {"real_name__status": IdentityStatus.APPROVED, "real_name__name": self.name}
        return type(self).objects.filter(pk=self.pk, **passed).exists()

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    @property
    def signing_hold_until(self) -> datetime | None:
        """The time from which the user may sign again after a change of phone or password; None: nothing is held."""
        until = self.access_changed_at and self.access_changed_at + self.SIGNING_HOLD
        return until if until and until > timezone.now() else None

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class ManagerCard(models.Model):
    """What a customer sees of the account manager (客户经理介绍)."""

    user = models.OneToOneField(User, models.CASCADE, related_name="card", verbose_name="客户经理")
    company = models.CharField("公司", max_length=60)
    employee_number = models.CharField("工号", max_length=20, unique=True)
    mobile = models.CharField("手机号码", max_length=11, validators=[validate_phone])
    philosophy = models.CharField("服务理念", max_length=200, blank=True)
    photo = models.ImageField("照片", upload_to=photo_path, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "客户经理名片"

    def __str__(self) -> str:
        return f"{self.user.name} {self.employee_number}"
