"""Claims that a service confirmed count a little later: at the moment of the claim a number that opened another account
is answered like any other, and whoever has somebody's papers does not read off the answer whether they are registered.

A claim of such a service that waits was confirmed; where its number is another account's, a supervisor gets it.
"""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.enums import IdentityProvider, IdentityStatus
from accounts.identity import claims, id_photos
from accounts.models import RealName
from bandian.db.locks import atomic, locking
from notifications.enums import Kind
from notifications.services import notify

SETTLE_AFTER = timedelta(minutes=2)


def settle() -> int:
    """Approve the confirmed claims whose time has come, and tell their people; return how many."""
    return sum(map(_settle, _due().values_list("pk", flat=True)))


def _due() -> QuerySet[RealName]:
    confirmed = RealName.objects.filter(provider=IdentityProvider.HTTP, status=IdentityStatus.PENDING)
    return confirmed.filter(submitted_at__lte=timezone.now() - SETTLE_AFTER)


@atomic
def _settle(pk: UUID) -> bool:
    record = locking(_due()).select_related("user").filter(pk=pk).first()
    if record is None:
        return False
    record.status, record.decided_at = IdentityStatus.APPROVED, timezone.now()
    try:
        with transaction.atomic():
            if claims.is_taken(record.user, record.id_kind, record.id_number):
                raise IntegrityError
            record.save(update_fields=["status", "decided_at"])
            id_photos.forget(record.user)
    except IntegrityError:  # perhaps at this moment
        RealName.objects.filter(pk=pk).update(provider=IdentityProvider.REVIEW)
        claims.ask_for_review(record)
        return False
    id_photos.forget(record.user)
    body, sms = "现在可以提交申请和签署文件。", "【办电E助手】您的实名认证已通过，可以提交申请和签署文件了。"
    told = {"title": "实名认证已通过", "body": body, "url": reverse("accounts:identity"), "sms": sms}
    notify([record.user], kind=Kind.IDENTITY, **told)
    return True
