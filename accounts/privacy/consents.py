"""What people consent to, by version, and what a withdrawal does.

Sources: 个人信息保护法 art. 14 (a changed purpose asks anew), 15 (withdrawal as easy as consent), 23 (sharing), 29
(separate consent to sensitive data).
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.enums import ConsentKind
from accounts.models import Consent, IdentityPhoto, RealName, User
from bandian.db.locks import atomic


@dataclass(frozen=True)
class Text:
    """One version of a consent: what is asked, and what follows where it is withdrawn."""

    version: str
    body: str
    effect: str


TEXTS = {
    ConsentKind.TERMS: Text(
        "2026-11",
        "同意《服务条款》和《个人信息保护说明》，使用本平台办理用电业务。",
        "撤回即不能继续使用本平台，请通过“注销账号”办理。",
    ),
    ConsentKind.SENSITIVE: Text(
        "2026-11-28",
        "同意为实名认证处理我的身份证件号码和证件照片。两者加密保存，号码只显示前 6 位和后 4 位；照片只给审核人核对，"
        "审核后立即删除；工作人员每次查看都留下您看得到的记录。不同意不影响浏览和填写草稿，但不能提交申请和签署文件。",
        "撤回后立即删除实名认证信息，不能再提交申请和签署文件；已签署的文件和已提交的申请不受影响。",
    ),
    ConsentKind.SHARING: Text(
        "2026-11",
        "同意为设计送审、施工报验的沟通，向我填写的设计、施工单位联系人提供我的姓名和联系方式。",
        "撤回后不再向设计、施工联系人提供您的姓名和联系方式；此前已经提供的不受影响。",
    ),
}


def is_given(user: User, kind: ConsentKind) -> bool:
    """Whether the user agreed to the text as it reads today."""
    return user.consents.in_force().filter(kind=kind, version=TEXTS[kind].version).exists()


def withdrawn_since(user: User, kind: ConsentKind, *, after: datetime) -> datetime | None:
    """Return when the user withdrew a consent after a moment, None where it stands or was given again."""
    if user.consents.in_force().filter(kind=kind).exists():
        return None
    withdrawn = user.consents.filter(kind=kind, withdrawn_at__gt=after).order_by("withdrawn_at")
    return withdrawn.values_list("withdrawn_at", flat=True).first()


def give(user: User, kind: ConsentKind) -> None:
    """Record the consent to the text as it reads today, once."""
    Consent.objects.get_or_create(user=user, kind=kind, version=TEXTS[kind].version, withdrawn_at=None)


@atomic
def withdraw(user: User, kind: ConsentKind) -> None:
    """End the consent in every version; without the one to sensitive data the real-name record goes at once."""
    user.consents.in_force().filter(kind=kind).update(withdrawn_at=timezone.now())
    if kind == ConsentKind.SENSITIVE:
        RealName.objects.filter(user=user).delete()
        IdentityPhoto.objects.filter(user=user).delete()
