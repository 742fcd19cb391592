"""Codes sent by SMS: made, limited, checked once. All limits live in the database, so a new browser is no way round.

Only keyed hashes are kept: a copy of the table shows no code, no browser and no network address.
"""

import secrets
from datetime import datetime, timedelta
from math import ceil

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.enums import CodePurpose
from accounts.models import PhoneCode
from bandian.db.locks import atomic
from bandian.web.rates import subscriber

LIFETIME = timedelta(minutes=5)
# Each of these holds twice: for what anybody may ask for, and for codes to the phone of who is logged in.
COOLDOWN = timedelta(seconds=60)
WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)
PER_PHONE = 5
PER_ADDRESS = 20
MAX_TRIES = 5


@atomic
def issue(
    phone: str, purpose: str, *, browser: str, address: str, usable: bool = True, subject: str = ""
) -> tuple[PhoneCode, str]:
    """Make a code and end the earlier ones of this phone and purpose; return the row and the six digits.

    With `usable` false the row counts for the limits like any other, but no code matches it. The code is good for
    `subject` only, e.g. for one act on one file.
    Raise ValidationError with the waiting time within the cooldown (60 s) or over the hourly limits.
    """
    source = _hash("address", subscriber(address))
    _queue_up(f"phone {phone}", f"address {source}")
    _check_limits(phone, source, purpose)
    now = timezone.now()
    PhoneCode.objects.filter(phone=phone, purpose=purpose, used_at=None).update(used_at=now)
    code = f"{secrets.randbelow(10**6):06d}"
    row = PhoneCode.objects.create(
        phone=phone,
        purpose=purpose,
        code_hash=_code_hash(phone, purpose, code if usable else secrets.token_hex(), subject),
        browser=_hash("browser", browser),
        address=source,
        expires_at=now + LIFETIME,
        created_at=now,
    )
    return row, code


def verify(phone: str, purpose: str, code: str, *, browser: str, subject: str = "") -> PhoneCode:
    """Use up the code and return its row.

    Raise ValidationError if it is wrong, spent, expired, for another subject, or was asked for in another browser.
    Each try is counted by the database before the code is compared. Call it outside a transaction, or commit where
    it refuses: a rollback would give the try back.
    """
    now = timezone.now()
    live = (
        PhoneCode.objects.filter(
            phone=phone, purpose=purpose, browser=_hash("browser", browser), used_at=None, expires_at__gt=now
        )
        .order_by("-created_at")
        .first()
    )
    if live is None:
        raise ValidationError("验证码已失效，请重新获取。", code="expired")
    open_row = PhoneCode.objects.filter(pk=live.pk, used_at=None)
    if not open_row.filter(tries__lt=MAX_TRIES).update(tries=F("tries") + 1):
        raise ValidationError("验证码错误次数过多，请重新获取。", code="tries")
    if not constant_time_compare(live.code_hash, _code_hash(phone, purpose, code, subject)):
        left = MAX_TRIES - live.tries - 1
        hint = f"还可以再试 {left} 次。" if left > 0 else "请重新获取。"
        raise ValidationError(f"验证码不正确，{hint}", code="wrong")
    if not open_row.update(used_at=now):
        raise ValidationError("验证码已失效，请重新获取。", code="expired")
    return live


def tries_since(phone: str, purpose: str, moment: datetime) -> int:
    """Return how often codes that were asked for since a moment have been tried, all of them together."""
    rows = PhoneCode.objects.filter(phone=phone, purpose=purpose, created_at__gte=moment)
    return rows.aggregate(total=Sum("tries"))["total"] or 0


def is_latest(pk: int) -> bool:
    """Whether the code is there, and none was asked for after it for the same phone and purpose."""
    row = PhoneCode.objects.filter(pk=pk).first()
    return row is not None and not PhoneCode.objects.filter(phone=row.phone, purpose=row.purpose, pk__gt=pk).exists()


def withdraw(row: PhoneCode) -> None:
    """End a code that could not be sent; it still counts for the limits."""
    PhoneCode.objects.filter(pk=row.pk, used_at=None).update(used_at=timezone.now())


def seconds_to_wait(phone: str, purpose: str) -> int:
    """Return how many seconds of the cooldown are left for the phone and what counts together with the purpose."""
    asked = _counted_with(purpose).filter(phone=phone)
    last = asked.order_by("-created_at").values_list("created_at", flat=True).first()
    return max(0, ceil((last + COOLDOWN - timezone.now()).total_seconds())) if last else 0


def purge() -> int:
    """Delete what no limit needs any more (older than a day); return the number of rows."""
    return PhoneCode.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _counted_with(purpose: str) -> QuerySet[PhoneCode]:
    """Return the codes of one budget: what strangers ask for must not use up what people need once they are in."""
    rows = PhoneCode.objects.all()
    mine = Q(purpose__in=CodePurpose.to_own_phone)
    return rows.filter(mine) if purpose in CodePurpose.to_own_phone else rows.exclude(mine)


def _check_limits(phone: str, source: str, purpose: str) -> None:
    if wait := seconds_to_wait(phone, purpose):
        raise ValidationError(f"请 {wait} 秒后再获取验证码。", code="cooldown")
    recent = _counted_with(purpose).filter(created_at__gt=timezone.now() - WINDOW)
    for rows, limit, whose in (
        (recent.filter(phone=phone), PER_PHONE, "该手机号"),
        (recent.filter(address=source), PER_ADDRESS, "当前网络"),
    ):
        if rows.count() >= limit:
            raise ValidationError(f"{whose}获取验证码过于频繁，请一小时后再试。", code="limit")


def _queue_up(*keys: str) -> None:
    """Let parallel requests for one phone or address pass one by one until commit.

    PostgreSQL has no row to lock for a phone that never asked; SQLite lets one writer in anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for key in sorted(keys):
                # The ORM has no lock that needs no row.
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _code_hash(phone: str, purpose: str, code: str, subject: str) -> str:
    return _hash("code", f"{purpose} {phone} {code} {subject}")


def _hash(salt: str, value: str) -> str:
    return salted_hmac(f"accounts.codes.{salt}", value, algorithm="sha256").hexdigest()
