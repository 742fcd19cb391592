"""Who says whether a name and an identity number belong together; the setting IDENTITY_PROVIDER names one of these.

"review" leaves it to a supervisor. "http" asks a service: a POST of {"name": …, "id_number": …} as JSON with a bearer
token, answered by {"verified": true} or {"verified": false, "reason": …}. Whatever else comes back, nobody is approved.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from accounts.enums import IdentityProvider, IdentityStatus
from bandian.web import gateway

TIMEOUT_SECONDS = 5
MISMATCH = "姓名与身份证号不一致。"


class Unavailable(Exception):
    """The service gave no answer that can be understood."""


@dataclass(frozen=True)
class Answer:
    status: IdentityStatus
    reason: str = ""


def ask(name: str, id_number: str) -> Answer:
    """Return what the provider says; raise Unavailable where it cannot say."""
    return _PROVIDERS[settings.IDENTITY_PROVIDER](name, id_number)


def _review(name: str, id_number: str) -> Answer:
    return Answer(IdentityStatus.PENDING)


def _http(name: str, id_number: str) -> Answer:
    try:
        body = gateway.post(
            settings.IDENTITY_HTTP_URL,
            {"name": name, "id_number": id_number},
            token=settings.IDENTITY_HTTP_TOKEN,
            timeout=TIMEOUT_SECONDS,
        )
        said = json.loads(body)
        verified, reason = said["verified"], said.get("reason") or MISMATCH
    except (gateway.GatewayError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unavailable(type(error).__name__) from error
    if verified is True:
        return Answer(IdentityStatus.APPROVED)
    if verified is False:
        return Answer(IdentityStatus.REJECTED, str(reason)[:200])
    raise Unavailable("verified is neither true nor false")


_PROVIDERS: dict[str, Callable[[str, str], Answer]] = {IdentityProvider.REVIEW: _review, IdentityProvider.HTTP: _http}
