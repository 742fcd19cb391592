"""The real-name check: people claim a name and an identity number, a provider or a supervisor decides.

An identity number opens one account only; that it opened one is told to staff, never to whoever claims it. Source:
GB 11643-1999 for its form.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import ConsentKind, IdentityProvider, IdentityStatus
from accounts.identity import providers
from accounts.models import Enterprise, IdentityReading, RealName, User
from accounts.privacy import consents
from bandian.db.crypto import blind_index, blind_indexes
from notifications.enums import Kind
from notifications.services import notify

# A service that answers at once must not be asked name by name.
RETRY_AFTER = timedelta(minutes=10)


def claim(user: User, *, name: str, id_number: str) -> RealName:
    """Have a claim checked and keep it with its outcome, and with the consent that the page asked for.

    A number of another account waits for a supervisor, whatever the provider says. Raise ValidationError where the name
    is not the account's, the last try was rejected by a service just now, or the provider cannot answer; then nothing
    is kept.
    """
    if name != user.name:
        raise ValidationError({"name": f"与账号的姓名“{user.name}”不一致；账号姓名有误请先更正。"})
    _check_open(user)
    try:
        answer = providers.ask(name, id_number)
    except providers.Unavailable as error:
        raise ValidationError("实名核验服务暂时没有答复，请稍后再试；您的信息没有保存。", code="unavailable") from error
    try:
        return _keep(user, name, id_number, answer)
    except IntegrityError:  # another account was approved with the number at this moment
        return _keep(user, name, id_number, answer)


@transaction.atomic
def decide(record: RealName, *, by: User, seen: str, reason: str = "") -> RealName:
    """Approve the claim, or reject it where a reason is given, and tell the person.

    `seen` is the time of the claim that the page showed, in ISO form. Raise ValidationError where the claim is not
    that one any more, was decided already, or the number is another account's.
    """
    record = RealName.objects.select_for_update().select_related("user").get(pk=record.pk)
    if not record.is_pending or record.submitted_at.isoformat() != seen:
        raise ValidationError("这条申请刚刚有变化，请重新打开核对。", code="stale")
    if by.pk == record.user_id:
        raise ValidationError("不能审核自己的实名认证。", code="own")
    record.status = IdentityStatus.REJECTED if reason else IdentityStatus.APPROVED
    record.reason, record.decided_at, record.decided_by = reason, timezone.now(), by
    try:
        with transaction.atomic():
            if not reason and _is_taken(record.user, record.id_number):
                raise IntegrityError
            record.save()
    except IntegrityError as error:
        raise ValidationError("该身份证号已在另一个账号上通过认证，请核实后按未通过处理。", code="taken") from error
    body = f"未通过原因：{reason}。请核对后重新提交。" if reason else "现在可以提交申请和签署文件。"
    title = f"实名认证{record.get_status_display()}"
    notify([record.user], kind=Kind.IDENTITY, title=title, body=body, url=reverse("accounts:identity"))
    return record


@transaction.atomic
def verify_enterprise(enterprise: Enterprise, *, by: User) -> None:
    """Record that a supervisor compared the enterprise with its licence (GB 32100-2015 code); a change undoes it."""
    Enterprise.objects.filter(pk=enterprise.pk).update(verified_at=timezone.now(), verified_by=by)


@transaction.atomic
def read_id_number(record: RealName, *, by: User, reason: str) -> str:
    """Return the whole number to a member of staff, leaving a row that its owner can see."""
    IdentityReading.objects.create(user=record.user, by=by, reason=reason)
    return record.id_number


@transaction.atomic
def correct_name(user: User, name: str) -> None:
    """Give the account another name and drop the claim to the old one; for people who are not verified."""
    RealName.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(name=name)


def real_name_of(user: User) -> RealName | None:
    return RealName.objects.filter(user=user).first()


@transaction.atomic
def _keep(user, name, id_number, answer):
    User.objects.select_for_update().get(pk=user.pk)
    _check_open(user)
    consents.give(user, ConsentKind.SENSITIVE)
    must_wait = answer.status == IdentityStatus.APPROVED and _is_taken(user, id_number)
    status, now = IdentityStatus.PENDING if must_wait else answer.status, timezone.now()
    values = {
        "name": name,
        "id_number": id_number,
        "id_index": blind_index(id_number),
        "status": status,
        "provider": settings.IDENTITY_PROVIDER,
        "reason": answer.reason,
        "submitted_at": now,
        "decided_at": None if status == IdentityStatus.PENDING else now,
        "decided_by": None,
    }
    return RealName.objects.update_or_create(user=user, defaults=values)[0]


def _check_open(user):
    record = real_name_of(user)
    if record and record.status == IdentityStatus.APPROVED and record.name == user.name:
        raise ValidationError("您已通过实名认证，无需再次提交。", code="approved")
    if (
        record
        and record.provider == IdentityProvider.HTTP
        and record.status == IdentityStatus.REJECTED
        and record.submitted_at > timezone.now() - RETRY_AFTER
    ):
        minutes = RETRY_AFTER // timedelta(minutes=1)
        raise ValidationError(f"刚刚核验未通过，请核对姓名和号码，{minutes} 分钟后再试。", code="soon")


def _is_taken(user, id_number):
    approved = RealName.objects.filter(status=IdentityStatus.APPROVED, id_index__in=blind_indexes(id_number))
    return approved.exclude(user=user).exists()
