"""The second factor of staff: a code of an authenticator app (TOTP, RFC 6238), or a recovery code.

A code counts once and within one step of 30 seconds of now; after wrong ones the waiting time doubles from one
second on (django-otp). Recovery codes are kept as keyed hashes, and each works once.
"""

import secrets
import time
from base64 import b32encode
from io import BytesIO

import segno
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from accounts.login import sessions
from accounts.models import RecoveryCode, User
from accounts.requests import UserRequest
from bandian.db.locks import atomic, locking

RECOVERY_CODES = 10
# No letter or digit that looks like another: 32 signs, 50 bits in a code.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SHOWN, _NEW = "second_factor", "second_factor_key"


def is_missing(session: SessionBase, user: User | AnonymousUser) -> bool:
    """Whether the user is staff and has yet to show the second factor in this session."""
    return settings.STAFF_OTP and user.is_authenticated and user.is_staff and not is_shown(session, user)


def is_shown(session: SessionBase, user: User) -> bool:
    """Whether the session was opened with a device that the user still has."""
    device = session.get(_SHOWN)
    return bool(device) and TOTPDevice.objects.filter(pk=device, user=user, confirmed=True).exists()


def confirmed_device(user: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def new_device(request: UserRequest) -> TOTPDevice:
    """Return a device to set up, not stored: its secret is this session's alone, also after a reload."""
    key = request.session.setdefault(_NEW, default_key())
    return TOTPDevice(user=request.user, name="验证器", key=key)


def secret_of(device: TOTPDevice) -> str:
    """Return the secret in groups of four, for typing it where the picture cannot be scanned."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def qr_of(device: TOTPDevice) -> bytes:
    """Return the secret as an SVG picture."""
    out = BytesIO()
    segno.make(device.config_url, error="m").save(out, kind="svg", scale=5, light="white")
    return out.getvalue()


def enrol(request: UserRequest, code: str) -> list[str]:
    """Store the device that this session set up and log in with it; return the recovery codes, to be shown once.

    Raise ValidationError if the code is wrong, or another session was first.
    """
    device = new_device(request)
    clock = TOTP(device.bin_key, device.step, device.t0, device.digits)
    clock.time = time.time()
    if not (code.isdecimal() and clock.verify(int(code), device.tolerance)):
        raise _refusal(None)
    device.last_t = clock.t()  # the same code does not count again
    fresh = _keep_first(request.user, device)
    request.session.pop(_NEW)
    _log_in(request, device)
    return fresh


@atomic
def _keep_first(user: User, device: TOTPDevice) -> list[str]:
    """Store the device where there is none, and return its recovery codes."""
    locking(User.objects).get(pk=user.pk)
    if confirmed_device(user):
        raise _refusal(None)
    device.save()
    return _new_recovery_codes(user)


def verify(request: UserRequest, code: str) -> None:
    """Log in with a code of the app or a recovery code; raise ValidationError if it is neither, or too soon."""
    device, right = _tried(request.user, code)
    if not right:  # only now: a rollback would give the try back
        raise _refusal(device)
    _log_in(request, device)


@atomic
def _tried(user: User, code: str) -> tuple[TOTPDevice | None, bool]:
    device = locking(TOTPDevice.objects).filter(user=user, confirmed=True).first()
    return device, device is not None and _try(device, code)


def renew_recovery_codes(request: UserRequest, code: str) -> list[str]:
    """Make new recovery codes in place of the old ones; raise ValidationError for a wrong code."""
    verify(request, code)
    return _new_recovery_codes(request.user)


@atomic
def reset(user: User) -> None:
    """Take the device and the recovery codes away and end all sessions: the user enrols anew."""
    TOTPDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    sessions.end_all(user)


def _try(device: TOTPDevice, code: str) -> bool:
    """Whether the code is right; a wrong one is counted, also where it has the form of a recovery code."""
    if len(code) == device.digits:
        return device.verify_token(code)
    if not device.verify_is_allowed()[0]:
        return False
    unused = RecoveryCode.objects.filter(user=device.user, code_hash=_hash(code), used_at=None)
    if device.confirmed and unused.update(used_at=timezone.now()):
        device.throttle_reset()
        return True
    device.throttle_increment()
    return False


def _refusal(device: TOTPDevice | None) -> ValidationError:
    """Return the error to show; it does not tell whether the code was wrong, used, or typed too early."""
    _, why = device.verify_is_allowed() if device else (True, None)
    wait = max(1, round((why["locked_until"] - timezone.now()).total_seconds())) if why else 1
    return ValidationError(f"验证码不正确或已用过，请 {wait} 秒后输入新的验证码。", code="wrong")


def _log_in(request: HttpRequest, device: TOTPDevice) -> None:
    request.session[_SHOWN] = device.pk
    sessions.renew(request)


@atomic
def _new_recovery_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _hash(code: str) -> str:
    return salted_hmac("accounts.second_factor", code, algorithm="sha256").hexdigest()
