"""Proving a phone number step by step: ask for a code, type it, and go on in the same browser session.

Whoever asks cannot tell whether a phone has an account: every request costs one row and one message,
and only the text of the message differs, which nobody but the owner reads.
"""

import logging
import secrets
import time
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.enums import CodePurpose
from accounts.login import codes
from accounts.models import User
from accounts.requests import UserRequest
from accounts.validators import mask_phone
from notifications.outbox import sms

PROOF_SECONDS = 15 * 60

_BROWSER, _PENDING, _PROOF, _DEMO_TEXT = "code_browser", "code_pending", "code_proof", "code_demo_text"

# What whoever holds the code can do with it; the message says so. That of SIGN names its act (start_act).
_USES = {
    CodePurpose.REGISTER: "注册账号",
    CodePurpose.LOGIN: "登录您的账号",
    CodePurpose.RESET: "重置您账号的密码",
    CodePurpose.CONFIRM: "确认是您本人要更换手机号",
    CodePurpose.PHONE: "把账号改绑到本手机号",
    CodePurpose.JOIN: "注册账号并加入工单群聊",
}

logger = logging.getLogger(__name__)


def start(request: HttpRequest, purpose: CodePurpose, phone: str) -> None:
    """Send a message to the phone and remember it for the next page.

    Raise ValidationError within the cooldown, over the limits, or where the gateway refused the message.
    """
    account = User.objects.filter(phone=phone).first()
    text, usable = _message(purpose, account)
    _send(request, purpose, phone, text, usable=usable)


def start_act(request: UserRequest, *, act: str, subject: str) -> None:
    """Send the user a code that confirms one act and nothing else: `act` says what in the message.

    `subject` names exactly what is confirmed, so that the code is void for anything else. Raise ValidationError like
    `start`.
    """
    minutes = int(codes.LIFETIME.total_seconds() // 60)
    text = f"【办电E助手】您正在{act}，验证码 {{code}}，{minutes} 分钟内有效，只能确认这一次。请勿告诉他人。"
    _send(request, CodePurpose.SIGN, request.user.phone, text, subject=subject)


def awaits_act(request: HttpRequest, subject: str) -> bool:
    """Whether this session asked for the code of an act, and for this one last."""
    held = request.session.get(_PENDING)
    return held is not None and held["purpose"] == CodePurpose.SIGN and held.get("subject") == subject


def confirm_act(phone: str, code: str, *, browser: str, subject: str) -> None:
    """Use up the code of an act; raise ValidationError, with the try counted, where it is not that act's."""
    codes.verify(phone, CodePurpose.SIGN, code, browser=browser, subject=subject)


def finish_act(request: HttpRequest) -> None:
    """Forget that a code was asked for, once its act is done or given up."""
    if _held(request, _PENDING, CodePurpose.SIGN):
        request.session.pop(_PENDING)
        request.session.pop(_DEMO_TEXT, None)


def _send(request: HttpRequest, purpose: CodePurpose, phone: str, text: str, **options: Any) -> None:
    address, is_known = request.META.get("REMOTE_ADDR", ""), _BROWSER in request.session
    try:
        row, code = codes.issue(phone, purpose, browser=browser(request), address=address, **options)
    except ValidationError:
        if not is_known:  # a stranger who is refused leaves no row of a session
            request.session.pop(_BROWSER)
        raise
    text = text.replace("{code}", code)
    try:
        sms.send(phone, text)
    except sms.SmsError as error:
        codes.withdraw(row)
        logger.error("SMS to %s failed: %s", mask_phone(phone), error)
        raise ValidationError("短信发送失败，请稍后再试。", code="sms") from error
    request.session[_PENDING] = {"purpose": purpose, "phone": phone, "subject": options.get("subject", "")}
    if settings.DEMO:
        request.session[_DEMO_TEXT] = text


def pending_phone(request: HttpRequest, purpose: CodePurpose) -> str | None:
    """Return the phone that waits for its code, if the session holds one for this purpose."""
    return _held(request, _PENDING, purpose)


def confirm(request: HttpRequest, purpose: CodePurpose, code: str) -> str:
    """Check the code, keep the proof for PROOF_SECONDS and return the phone; raise ValidationError if it fails."""
    phone = pending_phone(request, purpose) or ""
    row = codes.verify(phone, purpose, code, browser=browser(request))
    request.session.pop(_PENDING)
    request.session.pop(_DEMO_TEXT, None)
    proof = {"purpose": purpose, "phone": phone, "until": time.time() + PROOF_SECONDS}
    request.session[_PROOF] = proof | {"code": row.pk, "account": _account_stamp(phone)}
    return phone


def proven_phone(request: HttpRequest, purpose: CodePurpose) -> str | None:
    """Return the phone proven in this session for this purpose, as long as the proof lasts.

    It ends after PROOF_SECONDS, with a newer code, and with a change of the account's password.
    """
    proof = request.session.get(_PROOF)
    if not proof or proof["until"] < time.time() or proof["account"] != _account_stamp(proof["phone"]):
        return None
    return _held(request, _PROOF, purpose) if codes.is_latest(proof["code"]) else None


def finish(request: HttpRequest) -> None:
    """Forget the proof once it served its purpose."""
    request.session.pop(_PROOF, None)


def browser(request: HttpRequest) -> str:
    """Return a secret of this browser session, made when it is first needed."""
    if _BROWSER not in request.session:
        request.session[_BROWSER] = secrets.token_urlsafe(16)
    return request.session[_BROWSER]


def demo_text(request: HttpRequest) -> str:
    """Return the message that a demo server shows instead of sending it; empty elsewhere."""
    return request.session.get(_DEMO_TEXT, "") if settings.DEMO else ""


def _message(purpose: CodePurpose, account: User | None) -> tuple[str, bool]:
    """Return the text with a place for {code}, and whether the code is of use."""
    if account and not account.is_active:
        return "【办电E助手】您的账号已停用，请联系客户经理。", False
    if purpose == CodePurpose.PHONE and account:
        return "【办电E助手】该手机号已有账号，不能再绑定到别的账号。如非本人操作，请忽略本短信。", False
    if purpose == CodePurpose.JOIN and account:
        return "【办电E助手】您已有账号，请先登录，再打开邀请链接加入群聊。如非本人操作，请忽略本短信。", False
    if purpose == CodePurpose.REGISTER and account:
        return "【办电E助手】您已有账号，请直接登录；忘记密码可以重置。如非本人操作，请忽略本短信。", False
    if purpose not in CodePurpose.to_new_phones and not account:
        return "【办电E助手】该手机号还没有账号，请先注册。如非本人操作，请忽略本短信。", False
    minutes = int(codes.LIFETIME.total_seconds() // 60)
    text = (
        f"【办电E助手】{{code}} 是您的{purpose.label}验证码，用于{_USES[purpose]}，{minutes} 分钟内有效。请勿告诉他人。"
    )
    return text, True


def _account_stamp(phone: str) -> str:
    """Return what changes with the password of the phone's account; empty where there is no account."""
    account = User.objects.filter(phone=phone).first()
    return account.get_session_auth_hash() if account else ""


def _held(request: HttpRequest, key: str, purpose: str) -> str | None:
    held = request.session.get(key)
    return held["phone"] if held and held["purpose"] == purpose else None
