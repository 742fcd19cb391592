"""Links that let one person in: made from the invitation's id with a key outside the database, never stored.

The link is the id and a keyed hash of 128 bits over it, which is for joining a room and nothing else.
"""

import base64
import binascii
import hmac
from uuid import UUID

import segno
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from chat.models import Invitation

_MAC_BYTES = 16


def token_of(invitation: Invitation) -> str:
    return base64.urlsafe_b64encode(invitation.pk.bytes + _mac(invitation.pk)).rstrip(b"=").decode()


def invitation_of(token: str) -> Invitation | None:
    """Return the invitation that a token was made for, whatever became of it; None for any other text."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _MAC_BYTES:
        return None
    pk = UUID(bytes=raw[:16])
    if not hmac.compare_digest(raw[16:], _mac(pk)):
        return None
    return Invitation.objects.select_related("room__order__service_area", "invited_by").filter(pk=pk).first()


def address(request: HttpRequest, invitation: Invitation) -> str:
    """Return the link as it is shared; the host is one of ALLOWED_HOSTS."""
    return request.build_absolute_uri(reverse("chat:join_start", args=[token_of(invitation)]))


def picture(link: str) -> str:
    """Return the link as a QR code, a data URL."""
    return segno.make(link, error="m").svg_data_uri(scale=5, border=2, dark="#10203f", light="#ffffff")


def words(invitation: Invitation, link: str) -> str:
    """Return a text message to send with the link, without anything about the customer."""
    order = str(invitation.room.order)
    return (
        f"【办电E助手】邀请您以{invitation.get_role_display()}的身份加入高压新装工单（尾号 {order[-4:]}）的群聊。"
        f"请在 7 天内打开链接，验证本手机号后加入：{link}"
    )


def _mac(pk: UUID) -> bytes:
    return salted_hmac("chat.links.join", pk.hex, algorithm="sha256").digest()[:_MAC_BYTES]
