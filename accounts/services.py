"""What changes accounts, and the one place where passwords are tried."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import partial

from axes.models import AccessFailureLog
from django.conf import settings
from django.contrib import auth
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import ConsentKind, Role
from accounts.login import sessions
from accounts.models import Enterprise, EnterpriseChange, User
from accounts.privacy import consents
from accounts.requests import UserRequest
from accounts.validators import mask_phone
from bandian.db.locks import atomic, locking
from bandian.web import rates, review, versions
from bandian.web.rates import Rate
from notifications.enums import Kind
from notifications.outbox import channels
from notifications.services import notify, recheck_sockets
from notifications.tasks import send_sms

# Wrong passwords for one phone from anywhere within a day, after which only codes and sessions open the account;
# NIST SP 800-63B-4, 3.2.2 allows no more than 100.
WRONG_PER_PHONE = 90
DAY = timedelta(days=1)
# Wrong passwords from one subscriber, for whichever phones: a list of phones is tried with one password each.
WRONG_PER_ADDRESS = Rate("wrong-passwords", 30, timedelta(hours=1))
# With two backends configured, a login without a password has to name one.
BACKEND = "django.contrib.auth.backends.ModelBackend"
ENTERPRISE_FACTS = ("name", "credit_code", "legal_representative", "address")
_NOT_ME = "如非本人操作，请立即联系客户经理或拨打 95598。"
CREDIT_CODE_TAKEN = "该统一社会信用代码已登记。如果这是您的企业，请联系供电公司将您的账号加入该企业。"


def authenticate(request: HttpRequest, *, phone: str, password: str, refusal: str = "手机号或密码不正确。") -> User:
    """Return the active user; raise ValidationError, the same for a wrong phone and a wrong password.

    Tries are counted by django-axes per phone and address, so that a stranger locks out nobody but themselves;
    whoever goes on from many addresses closes the password at last, as does for themselves whoever tries many phones
    from one address (WRONG_PER_ADDRESS); codes by SMS still open the account.
    A lock is told as an ordinary form error, so the middleware of django-axes must not replace the page.
    """
    wrong = AccessFailureLog.objects.filter(username=phone, locked_out=False, attempt_time__gt=timezone.now() - DAY)
    if wrong.count() >= WRONG_PER_PHONE:
        raise ValidationError("该账号暂时不能用密码登录，请用短信验证码登录。", code="locked")
    subscriber = rates.subscriber(request.META.get("REMOTE_ADDR", ""))
    # Counted before it is tried, or many tries at once would all find the rate unspent.
    if not rates.is_within(WRONG_PER_ADDRESS, subscriber):
        raise ValidationError("当前网络密码错误次数过多，请一小时后再试，或用短信验证码登录。", code="locked")
    user = auth.authenticate(request, username=phone, password=password)
    if user is not None:
        rates.give_back(WRONG_PER_ADDRESS, subscriber)
        return user
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False  # type: ignore[attr-defined]  # django-axes sets it
        minutes = settings.AXES_COOLOFF_TIME // timedelta(minutes=1)
        raise ValidationError(f"尝试次数过多，请 {minutes} 分钟后再试，或用短信验证码登录。", code="locked")
    raise ValidationError(refusal, code="credentials")


def log_in(request: HttpRequest, user: User) -> None:
    """Log the user in under a new session key."""
    auth.login(request, user, backend=BACKEND)
    sessions.start(request, user)


def log_out(request: HttpRequest, *, browser: str = "") -> None:
    """End the session, and the user's push messages to the browser with this endpoint.

    Open sockets of the user connect again where another session still allows it.
    """
    user = request.user
    auth.logout(request)
    if user.is_authenticated:
        recheck_sockets(user)
        if browser:
            channels.unsubscribe(user, browser)


def register(*, phone: str, name: str, password: str, role: Role = Role.CUSTOMER) -> User:
    """Create the account of a proven phone, with the time of consent; raise ValidationError if it has one."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(phone, name, password, role=role, consented_at=timezone.now())
            consents.give(user, ConsentKind.TERMS)
            return user
    except IntegrityError as error:
        raise ValidationError("该手机号已有账号，请直接登录。", code="exists") from error


@atomic
def set_password(user: User, password: str, *, is_first: bool = False) -> None:
    """Set the password of somebody who did not show the old one; all sessions of the user end, with their sockets.

    The phone is told, and signing is held for a day (User.signing_hold_until). `is_first`: somebody else knows it, so
    that it has to be changed at the next login.
    """
    did = "重置" if user.has_usable_password() else "设置"
    user.set_password(password)
    user.access_changed_at, user.must_change_password = timezone.now(), is_first
    user.save(update_fields=["password", "access_changed_at", "must_change_password"])
    sessions.end_all(user)
    _text(user.phone, f"您的账号刚刚{did}了密码{_hold(user)}。{_NOT_ME}")


def _hold(user: User) -> str:
    """Return what follows for signing; the papers that staff issue are not held."""
    return "" if user.is_staff else "，24 小时内暂不能签字"


def send_reset(user: User) -> None:
    """Text the user where to set a password: there the code sent to the same phone is asked for, so nobody else can."""
    address = settings.SITE_URL + reverse("accounts:reset")
    _text(user.phone, f"供电公司请您自行设置登录密码：打开 {address} ，填写本手机号收到的验证码。{_NOT_ME}")


@atomic
def change_own_password(request: UserRequest, password: str) -> None:
    """Change the password; this session goes on under a new key, the others end."""
    user = request.user
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    auth.update_session_auth_hash(request, user)
    sessions.end_others(request)


@atomic
def change_own_phone(request: UserRequest, phone: str) -> None:
    """Move the account to a proven phone; this session goes on under a new key, the others end.

    Both phones are told, and signing is held for a day (User.signing_hold_until).
    Raise ValidationError if the phone got an account meanwhile.
    """
    user, old = request.user, request.user.phone
    user.phone, user.access_changed_at = phone, timezone.now()
    try:
        with transaction.atomic():
            user.save(update_fields=["phone", "access_changed_at"])
    except IntegrityError as error:
        user.refresh_from_db(fields=["phone", "access_changed_at"])
        raise ValidationError("该手机号不能使用，请换一个。", code="exists") from error
    tell_phones(old, phone)
    sessions.renew(request)
    sessions.end_others(request)


def tell_phones(old: str, new: str) -> None:
    """After commit, tell both phones that the account has moved."""
    _text(old, f"您的账号已改用手机号 {mask_phone(new)} 登录，本号码不再有效。{_NOT_ME}")
    _text(new, f"本手机号已绑定为您的登录手机号，24 小时内暂不能签字。{_NOT_ME}")


def _text(phone: str, text: str) -> None:
    transaction.on_commit(partial(send_sms.delay, phone, f"【办电E助手】{text}"), robust=True)


def enterprise_of_orders(user: User) -> dict[str, str]:
    """Return what the user's latest order says of the enterprise, for a form that is still empty; {} without one.

    The orders are those of the app above, reached by their key.
    """
    order = user.orders.exclude(application__company="").select_related("application").order_by("-created_at").first()
    if order is None:
        return {}
    told = order.application
    return {
        "name": told.company,
        "credit_code": told.credit_code,
        "legal_representative": told.legal_name,
        "address": told.postal_address or told.full_address,
    }


@atomic
def change_enterprise(
    enterprise: Enterprise, *, by: User, reason: str, seen: str, effective_on: date | None = None
) -> None:
    """Save what a supervisor changed of an enterprise without people of its own, with what it was before, and why.

    As long as nothing was signed in its name, that is the correction of a slip; afterwards a change that took effect on
    a day, and the credit code stays. `seen` is the token of what the page showed (bandian.web.review). Raise
    PermissionDenied where it has people, review.Changed where it is not what was shown any more, ValidationError, by
    field, where something is missing or another has the code.
    """
    # Who puts somebody into it locks it too (accounts.admin.user_admin).
    kept = locking(Enterprise.objects, key=True).get(pk=enterprise.pk)
    if kept.users.exists():
        raise PermissionDenied
    review.check(versions.facts_of(kept, ENTERPRISE_FACTS), seen)
    changed = [name for name in ENTERPRISE_FACTS if getattr(kept, name) != getattr(enterprise, name)]
    before = {name: getattr(kept, name) for name in changed}
    if not before:
        raise ValidationError("没有改动任何内容。", code="same")
    if kept.has_signed:
        _check_dated(before, effective_on)
    after = {name: getattr(enterprise, name) for name in before}
    enterprise.verified_at, enterprise.verified_by = timezone.now(), by
    enterprise.code_confirmed_at = enterprise.verified_at if enterprise.code_doubt else None
    try:
        with transaction.atomic():
            enterprise.save()
    except IntegrityError as error:
        raise ValidationError({"credit_code": CREDIT_CODE_TAKEN}) from error
    facts = {"before": before, "after": after, "reason": reason, "by": by}
    EnterpriseChange.objects.create(
        enterprise=enterprise, effective_on=effective_on if kept.has_signed else None, **facts
    )


def _check_dated(before: Collection[str], effective_on: date | None) -> None:
    if "credit_code" in before:
        raise ValidationError({"credit_code": "该企业已签署过文件，统一社会信用代码不能更改；确需更换的，请新建企业。"})
    if effective_on is None:
        raise ValidationError({"effective_on": "该企业已签署过文件，请填写营业执照上的变更日期。"})
    if not date(1980, 1, 1) <= effective_on <= timezone.localdate():
        raise ValidationError({"effective_on": "变更日期不能晚于今天，请核对年份。"})


def save_enterprise(enterprise: Enterprise, *, by: User) -> None:
    """Save a new or changed enterprise, which is to be verified anew, and make the user one of its people.

    Raise ValidationError if another enterprise has the credit code: knowing a code that anyone can look up
    must not open that enterprise's orders; and where the user was moved meanwhile.
    """
    try:
        _save_enterprise(enterprise, by, is_new=enterprise._state.adding)
    except IntegrityError as error:
        raise ValidationError({"credit_code": CREDIT_CODE_TAKEN}) from error


@atomic
def _save_enterprise(enterprise: Enterprise, by: User, *, is_new: bool) -> None:
    if not is_new:
        locking(Enterprise.objects, key=True).get(pk=enterprise.pk)
    # Or whoever was just put out would put themselves in again.
    if locking(User.objects).get(pk=by.pk).enterprise_id != (None if is_new else enterprise.pk):
        raise ValidationError("您的账号刚刚加入或移出了企业，这次没有保存，请刷新页面后再看。", code="moved")
    enterprise.verified_at = enterprise.verified_by = enterprise.code_confirmed_at = None
    enterprise.save()
    User.objects.filter(pk=by.pk).update(enterprise=enterprise)


def tell_of_move(user: User, left: Enterprise | None, *, by: User) -> None:
    """Tell a person, and the people of both enterprises, that staff put the account out of one and into another.

    Who may act for an enterprise sees its orders and uses its seals; it must not come about unseen.
    """
    for enterprise, what in ((left, "移出"), (user.enterprise, "加入")):
        if enterprise:
            told = [*enterprise.users.filter(is_active=True).exclude(pk=user.pk), user]
            body = (
                f"{by.name}（供电公司）已将{user.name}（{user.masked_phone}）的账号{what}企业“{enterprise}”。{_NOT_ME}"
            )
            url = reverse("accounts:enterprise")
            notify(told, kind=Kind.PRIVACY, title=f"账号已{what}企业：{user.name}", body=body, url=url)
