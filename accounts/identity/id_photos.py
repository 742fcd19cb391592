"""The photo of an identity document that a claim is compared with: kept sealed, shown to who decides, then deleted.

Source: 个人信息保护法 art. 19 (no longer than the purpose needs) and 51 (encryption).
"""

import base64
import hashlib
import io
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db.models import Q
from django.utils import timezone
from PIL import Image

from accounts.enums import ConsentKind, IdentityStatus
from accounts.models import IdentityPhoto, IdentityReading, RealName, User
from accounts.privacy import consents
from bandian.db.locks import atomic
from files import checks

# Enough to read every character of a card that fills the picture.
SIDE_PIXELS = 1800
QUALITY = 82
# What nobody claimed with is forgotten after a day, what nobody decided on after a month.
UNCLAIMED, UNDECIDED = timedelta(days=1), timedelta(days=30)
COMPARING = "实名审核：与证件照片核对"


def prepare(upload: File, *, by: User) -> bytes:
    """Return a JPEG of a person's upload, drawn anew and small enough; raises ValidationError for what is no picture,
    and beyond the rate of uploads.
    """
    checks.check_rate(by.pk, upload.size)
    checked = checks.check(upload)
    if not checked.content_type.startswith("image/"):
        raise ValidationError("请上传证件的照片（JPG、PNG 或手机照片），不能是 PDF。", code="image")
    with Image.open(io.BytesIO(checked.content)) as image:
        image.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
        small = image.convert("RGB")
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()


@atomic
def keep(user: User, jpeg: bytes) -> None:
    """Keep a photo of `prepare`'s in place of the one before, and the consent that the page asked for."""
    consents.give(user, ConsentKind.SENSITIVE)
    values = {
        "image": base64.b64encode(jpeg).decode(),
        "sha256": hashlib.sha256(jpeg).hexdigest(),
        "uploaded_at": timezone.now(),
    }
    IdentityPhoto.objects.update_or_create(user=user, defaults=values)


def is_kept(user: User) -> bool:
    return IdentityPhoto.objects.filter(user=user).exists()


def facts(user: User) -> tuple[str, str]:
    """Return what a review page says of the photo, and what tells it from any other; both empty without one."""
    row = IdentityPhoto.objects.filter(user=user).values_list("uploaded_at", "sha256").first()
    return (f"{timezone.localtime(row[0]):%Y-%m-%d %H:%M} 上传", row[1]) if row else ("", "")


@atomic
def show(record: RealName, *, by: User) -> tuple[str, str]:
    """Return (the photo as base64 or "", the whole number) to who decides, leaving a row that the owner reads."""
    IdentityReading.objects.create(user=record.user, by=by, reason=COMPARING)
    image = IdentityPhoto.objects.filter(user=record.user).values_list("image", flat=True).first()
    return image or "", record.id_number


def was_compared(record: RealName, *, by: User) -> bool:
    """Whether the person has seen the papers of this claim as they are: nobody approves what they did not look at."""
    uploaded = IdentityPhoto.objects.filter(user=record.user).values_list("uploaded_at", flat=True).first()
    since = max(record.submitted_at, uploaded or record.submitted_at)  # a photo may be replaced while the claim waits
    return IdentityReading.objects.filter(user=record.user, by=by, reason=COMPARING, at__gte=since).exists()


def forget(user: User) -> None:
    IdentityPhoto.objects.filter(user=user).delete()


def sweep() -> int:
    """Delete the photos that wait for no decision, or wait too long; return how many."""
    now = timezone.now()
    waiting = RealName.objects.filter(status=IdentityStatus.PENDING).values("user")
    left = Q(uploaded_at__lt=now - UNCLAIMED) & ~Q(user__in=waiting)
    count, _ = IdentityPhoto.objects.filter(left | Q(uploaded_at__lt=now - UNDECIDED)).delete()
    return count
