"""Web push: messages to browsers that have no page of ours open.

The service in between (W3C Push API) sees neither text nor reader: RFC 8291, one record of aes128gcm (RFC 8188).
It is one of the known ones (PUSH_SERVICES), whatever address a browser hands in.
"""

import json
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.http import urlsafe_base64_decode

from bandian.web import gateway
from notifications.enums import Kind
from notifications.models import Notification, PushSubscription
from notifications.outbox import vapid

TIMEOUT_SECONDS = 3
# How long a service keeps a message for a browser that is away.
KEPT_SECONDS = 24 * 3600
MOST_PER_USER = 10
GONE = (404, 410)
BUSY = (0, 408, 429)


class PushError(Exception):
    """No browser took the message over; another try may help."""


class NoBrowser(Exception):
    """No browser is left that could take it."""


def send(row: Notification) -> None:
    """Hand the message to every browser of its reader; one that takes it is enough. Raises PushError, NoBrowser.

    A subscription that has ended (404, 410) is deleted.
    """
    errors, taken = [], 0
    for browser in PushSubscription.objects.filter(user=row.user_id):
        try:
            _post(browser, row)
            taken += 1
        except gateway.GatewayError as error:
            if error.status in GONE:
                browser.delete()
            errors.append(error)
    again = [error for error in errors if error.status in BUSY or error.status >= 500]
    if again and not taken:
        raise PushError(str(again[0]))
    if not taken:
        raise NoBrowser(str(errors[0]) if errors else "no subscription")


def is_known_service(endpoint: str) -> bool:
    """Whether the address is at one of PUSH_SERVICES: origins, of which a host may begin with *."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        return False
    for service in map(urlsplit, settings.PUSH_SERVICES):
        name = service.hostname or ""
        is_host = host.endswith(name[1:]) and host != name[2:] if name.startswith("*.") else host == name
        if name and is_host and (parts.scheme, port) == (service.scheme, service.port):
            return True
    return False


def seal(
    text: bytes, *, p256dh: str, auth: str, key: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """Return the text for the owner of the keys alone; key and salt are new ones unless a test gives them."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    reader, secret = urlsafe_base64_decode(p256dh), urlsafe_base64_decode(auth)
    return http_ece.encrypt(text, salt, private_key=key, dh=reader, auth_secret=secret, version="aes128gcm")


def check_keys(p256dh: str, auth: str) -> None:
    """Raise ValidationError unless these are the keys of a subscription."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), urlsafe_base64_decode(p256dh))
        is_good = len(urlsafe_base64_decode(auth)) == 16
    except ValueError:
        is_good = False
    if not is_good:
        raise ValidationError("浏览器给出的推送密钥不正确，请刷新页面后重试。")


def _post(browser: PushSubscription, row: Notification) -> None:
    if not is_known_service(browser.endpoint):
        raise gateway.GatewayError("service not known", 410)
    data = {"title": row.title, "kind": row.get_kind_display(), "url": row.get_absolute_url(), "tag": row.pk.hex}
    parts = urlsplit(browser.endpoint)
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(KEPT_SECONDS),
        "Topic": row.pk.hex,
        "Urgency": "high" if row.kind in Kind.actions else "normal",
        **vapid.headers(f"{parts.scheme}://{parts.netloc}"),
    }
    body = seal(json.dumps(data, ensure_ascii=False).encode(), p256dh=browser.p256dh, auth=browser.auth)
    gateway.post_bytes(browser.endpoint, body, headers=headers, timeout=TIMEOUT_SECONDS)
