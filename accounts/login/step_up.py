"""Whether the user has proven once more, in this session and just now, who they are."""

import time

from django.http import HttpRequest

from accounts.login import sessions
from accounts.requests import UserRequest

FRESH_SECONDS = 10 * 60
_KEY = "step_up"


def confirm(request: UserRequest) -> None:
    """Remember that the password or a code was right; the session goes on under a new key."""
    request.session[_KEY] = {"user": request.user.pk.hex, "until": time.time() + FRESH_SECONDS}
    sessions.renew(request)


def is_fresh(request: UserRequest) -> bool:
    proof = request.session.get(_KEY)
    return proof is not None and proof["user"] == request.user.pk.hex and proof["until"] > time.time()


def finish(request: HttpRequest) -> None:
    """Forget the proof once it served its purpose."""
    request.session.pop(_KEY, None)
