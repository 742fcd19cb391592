"""The real-name check: people claim a name and a document, a provider or a supervisor decides.

A document opens one account only; that it opened one is told to staff, never to whoever claims it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import documents, reviews
from accounts.enums import ConsentKind, IdDocument, IdentityProvider, IdentityStatus
from accounts.identity import id_photos, providers
from accounts.models import Enterprise, IdentityReading, RealName, User
from accounts.privacy import consents
from bandian.db.crypto import blind_index, blind_indexes
from bandian.db.locks import atomic, locking
from bandian.text import plain
from bandian.web import review
from notifications.enums import Kind
from notifications.services import notify

# A service that answers at once must not be asked name by name.
RETRY_AFTER = timedelta(minutes=10)


def claim(user: User, *, name: str, id_number: str, id_kind: str = IdDocument.RESIDENT, photo: bytes = b"") -> RealName:
    """Have a claim checked and keep it with its outcome, and with the consent that the page asked for.

    What waits for a supervisor is compared with `photo`, a picture of id_photos.prepare's, or the one that is kept; any
    document but the identity card of residents does, for providers know no other. What a provider confirms waits too,
    for `settling`, or for a supervisor where the number is another account's. Raise ValidationError where the name is
    not the account's, the last try was rejected by a service just now, or the provider cannot answer; then nothing is
    kept.
    """
    documents.validate(id_kind, id_number)
    if plain.key(name) != plain.key(user.name):
        raise ValidationError({"name": f"与账号的姓名“{user.name}”不一致；账号姓名有误请先更正。"})
    _check_open(user)
    is_resident = id_kind == IdDocument.RESIDENT
    try:
        answer = providers.ask(user.name, id_number) if is_resident else providers.Answer(IdentityStatus.PENDING)
    except providers.Unavailable as error:
        raise ValidationError("实名核验服务暂时没有答复，请稍后再试；您的信息没有保存。", code="unavailable") from error
    return _keep(user, id_kind, id_number, answer, photo)


def facts(record: RealName) -> dict[str, str]:
    """Return what a review page shows of a claim and of the person's enterprise, by name."""
    user, enterprise = record.user, record.user.enterprise
    decided = f"{_minute(record.decided_at)} {record.decided_by or ''} {record.reason}" if record.decided_at else ""
    told = {
        "姓名": record.name,
        "账号": f"{user.name}（{user.get_role_display()}，{user.masked_phone}）",
        "证件": record.document,
        "证件照片": id_photos.facts(user)[0] or "没有，或已按规定删除",
        "提交": f"{_minute(record.submitted_at)} · {record.get_provider_display()}",
        "结果": f"{record.get_status_display()} {decided}".strip(),
    }
    return told | (facts_of_enterprise(enterprise) if enterprise else {})


def facts_of_enterprise(enterprise: Enterprise) -> dict[str, str]:
    """Return what a review page shows of an enterprise, by name."""
    return {
        "企业": enterprise.name,
        "统一社会信用代码": f"{enterprise.credit_code}{_doubted(enterprise)}",
        "法定代表人": enterprise.legal_representative,
        "企业核验": f"{_minute(enterprise.verified_at)} 已核验" if enterprise.verified_at else "未核验",
    }


def shown(record: RealName) -> str:
    """Return what a review page sends back with its decision: a token of `facts` and of what they hide of the claim."""
    return review.token(_compared(record))


@atomic
def decide(record: RealName, *, by: User, seen: str, reason: str = "") -> RealName:
    """Approve the claim, or reject it where a reason is given, and tell the person.

    `seen` is what `shown` gave to the page. Raise review.Changed where that is not so any more, ValidationError where
    the claim was decided already, is one's own, or the number is another account's.
    """
    record = locking(RealName.objects).select_related("user__enterprise").get(pk=record.pk)
    review.check(_compared(record), seen)
    if not record.is_pending:
        raise ValidationError("这条申请已经审核过了。", code="decided")
    if by.pk == record.user_id:
        raise ValidationError("不能审核自己的实名认证。", code="own")
    if not reason:
        _check_compared(record, by)
    record.status = IdentityStatus.REJECTED if reason else IdentityStatus.APPROVED
    record.reason, record.decided_at, record.decided_by = reason, timezone.now(), by
    try:
        with transaction.atomic():
            if not reason and is_taken(record.user, record.id_kind, record.id_number):
                raise IntegrityError
            record.save(update_fields=["status", "reason", "decided_at", "decided_by"])
    except IntegrityError as error:
        raise ValidationError("该证件号码已在另一个账号上通过认证，请核实后按未通过处理。", code="taken") from error
    id_photos.forget(record.user)
    reviews.done(_review_of(record))
    body = f"未通过原因：{reason}。请核对后重新提交。" if reason else "现在可以提交申请和签署文件。"
    title = f"实名认证{record.get_status_display()}"
    way_on = "请登录查看原因。" if reason else "可以提交申请和签署文件了。"
    sms = f"【办电E助手】您的{title}，{way_on}"
    notify([record.user], kind=Kind.IDENTITY, title=title, body=body, url=reverse("accounts:identity"), sms=sms)
    return record


@atomic
def approve_enterprise(record: RealName, *, by: User, seen: str, code_confirmed: bool = False) -> RealName:
    """Verify the enterprise beside a claim; raises as `decide`."""
    enterprise_id = User.objects.values_list("enterprise", flat=True).get(pk=record.pk)
    enterprise = locking(Enterprise.objects).filter(pk=enterprise_id).first()
    record = RealName.objects.select_related("user__enterprise").get(pk=record.pk)
    review.check(_compared(record), seen)
    if by.pk == record.user_id:
        raise ValidationError("不能核验自己的企业，请由另一位主管核验。", code="own")
    if enterprise is None or enterprise.verified_at:
        raise ValidationError("没有等待核验的企业。", code="decided")
    verify_enterprise(enterprise, by=by, code_confirmed=code_confirmed)
    return record


@atomic
def verify_enterprise(enterprise: Enterprise, *, by: User, code_confirmed: bool = False) -> None:
    """Record that a supervisor compared the enterprise with its licence; a change undoes it.

    Raise ValidationError where the code's check digit is wrong and the supervisor does not say that it stands so there.
    """
    if enterprise.code_doubt and not code_confirmed:
        raise ValidationError(
            f"统一社会信用代码{enterprise.code_doubt}，请对照营业执照逐位核对；执照上就是这样的，勾选确认后再通过。",
            code="code_doubt",
        )
    now = timezone.now()
    confirmed_at = now if enterprise.code_doubt else None
    Enterprise.objects.filter(pk=enterprise.pk).update(verified_at=now, verified_by=by, code_confirmed_at=confirmed_at)


@atomic
def read_id_number(record: RealName, *, by: User, reason: str) -> str:
    """Return the whole number to a member of staff, leaving a row that its owner can see."""
    IdentityReading.objects.create(user=record.user, by=by, reason=reason)
    return record.id_number


@atomic
def correct_name(user: User, name: str) -> None:
    """Give the account another name and drop the claim to the old one; for people who are not verified."""
    RealName.objects.filter(user=user).delete()
    id_photos.forget(user)
    User.objects.filter(pk=user.pk).update(name=name)


def standing(user: User) -> str:
    """Return in words who made sure who the user is, as it is now, e.g. to be kept with a signature."""
    if user.is_staff:
        return "供电企业工作人员，账号由管理员建立"
    record = real_name_of(user)
    if record is None:
        return "手机号已验证，未做实名认证"
    if record.status != IdentityStatus.APPROVED or record.decided_at is None:
        return f"手机号已验证，实名认证{record.get_status_display()}"
    how = f"{record.get_id_kind_display()}，{record.get_provider_display()}"
    when = f"{how}，{timezone.localtime(record.decided_at):%Y-%m-%d %H:%M:%S} UTC+08:00"
    return f"实名认证已通过（{when}）" if record.name == user.name else f"实名认证通过的是另一姓名（{when}）"


def real_name_of(user: User) -> RealName | None:
    return RealName.objects.filter(user=user).first()


@atomic
def _keep(user: User, kind: str, number: str, answer: providers.Answer, photo: bytes | None) -> RealName:
    locking(User.objects).get(pk=user.pk)
    _check_open(user)
    consents.give(user, ConsentKind.SENSITIVE)
    is_rejected, now = answer.status == IdentityStatus.REJECTED, timezone.now()
    values = {
        "name": user.name,
        "id_kind": kind,
        "id_number": number,
        "id_index": blind_index(documents.index_text(kind, number)),
        "status": IdentityStatus.REJECTED if is_rejected else IdentityStatus.PENDING,
        "provider": settings.IDENTITY_PROVIDER if kind == IdDocument.RESIDENT else IdentityProvider.REVIEW,
        "reason": answer.reason,
        "submitted_at": now,
        "decided_at": now if is_rejected else None,
        "decided_by": None,
    }
    record = RealName.objects.update_or_create(user=user, defaults=values)[0]
    if record.is_pending:
        if photo:
            id_photos.keep(user, photo)
        if record.provider == IdentityProvider.REVIEW:
            ask_for_review(record)
    else:
        id_photos.forget(user)
    return record


def ask_for_review(record: RealName) -> None:
    """Tell the supervisors that a claim waits for them."""
    url = reverse("admin:accounts_realname_change", args=[record.pk])
    body = f"{_minute(record.submitted_at)} 提交，请与证件照片核对。"
    reviews.ask("实名认证待审核", body=body, url=url, key=_review_of(record))


def _review_of(record: RealName) -> str:
    return f"realname:{record.pk.hex}"


def _check_compared(record: RealName, by: User) -> None:
    """Raise ValidationError where nothing was compared: a check that nobody made is none."""
    if record.provider == IdentityProvider.REVIEW and not id_photos.is_kept(record.user):
        raise ValidationError("没有证件照片可以核对，请按未通过处理，请本人重新提交并上传照片。", code="no_photo")
    if not id_photos.was_compared(record, by=by):
        raise ValidationError("请先点【核对证件照片】，与姓名、号码逐项比对后再通过。", code="not_compared")


def _compared(record: RealName) -> dict[str, str]:
    return facts(record) | {
        "证件": record.id_index,
        "证件照片": id_photos.facts(record.user)[1],
        "提交": record.submitted_at.isoformat(),
    }


def _doubted(enterprise: Enterprise) -> str:
    if not enterprise.code_doubt:
        return ""
    at = enterprise.code_confirmed_at
    return f"（{enterprise.code_doubt}，{f'{_minute(at)} 已对照营业执照确认' if at else '须对照营业执照确认'}）"


def _minute(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _check_open(user: User) -> None:
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


def is_taken(user: User, kind: str, number: str) -> bool:
    """Whether the document opened another account."""
    indexes = blind_indexes(documents.index_text(kind, number))
    approved = RealName.objects.filter(status=IdentityStatus.APPROVED, id_index__in=indexes)
    return approved.exclude(user=user).exists()
