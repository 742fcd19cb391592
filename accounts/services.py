"""What changes accounts, and the one place where passwords are tried."""

from datetime import timedelta

from django.conf import settings
from django.contrib import auth
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Enterprise, User
from notifications.services import recheck_sockets

# With two backends configured, a login without a password has to name one.
BACKEND = "django.contrib.auth.backends.ModelBackend"
CREDIT_CODE_TAKEN = "该统一社会信用代码已登记。如果这是您的企业，请联系供电公司将您的账号加入该企业。"


def authenticate(request, *, phone: str, password: str, refusal: str = "手机号或密码不正确。") -> User:
    """Return the active user; raise ValidationError, the same for a wrong phone and a wrong password.

    Tries are counted by django-axes per phone and address; a lock is told as an ordinary form error, so its
    middleware must not replace the page.
    """
    user = auth.authenticate(request, username=phone, password=password)
    if user is not None:
        return user
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False
        minutes = settings.AXES_COOLOFF_TIME // timedelta(minutes=1)
        raise ValidationError(f"尝试次数过多，请 {minutes} 分钟后再试，或用短信验证码登录。", code="locked")
    raise ValidationError(refusal, code="credentials")


def log_in(request, user: User) -> None:
    """Log the user in under a new session key."""
    auth.login(request, user, backend=BACKEND)


def log_out(request) -> None:
    """End the session; open sockets of the user connect again where another session still allows it."""
    user = request.user
    auth.logout(request)
    if user.is_authenticated:
        recheck_sockets(user)


def register(*, phone: str, name: str, password: str, role: Role = Role.CUSTOMER) -> User:
    """Create the account of a proven phone, with the time of consent; raise ValidationError if it has one."""
    try:
        with transaction.atomic():
            return User.objects.create_user(phone, name, password, role=role, consented_at=timezone.now())
    except IntegrityError as error:
        raise ValidationError("该手机号已有账号，请直接登录。", code="exists") from error


@transaction.atomic
def set_password(user: User, password: str) -> None:
    """Change the password, which ends all sessions of the user, and close the sockets."""
    user.set_password(password)
    user.save(update_fields=["password"])
    recheck_sockets(user)


def save_enterprise(enterprise: Enterprise, *, by: User) -> None:
    """Save a new or changed enterprise and make the user one of its people.

    Raise ValidationError if another enterprise has the credit code: knowing a code that anyone can look up
    must not open that enterprise's orders.
    """
    try:
        with transaction.atomic():
            enterprise.save()
            User.objects.filter(pk=by.pk).update(enterprise=enterprise)
    except IntegrityError as error:
        raise ValidationError({"credit_code": CREDIT_CODE_TAKEN}) from error
