"""Who is logged in where: start, keep alive, list and end sessions.

The address is REMOTE_ADDR and nothing else: forwarded headers come from whoever sends them. Behind a proxy the
ASGI server puts the real peer there (uvicorn: FORWARDED_ALLOW_IPS).
"""

import uuid
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.login.devices import describe, mask_address
from accounts.models import Session, User
from accounts.models.session import LIMITS, LOGIN
from accounts.requests import UserRequest
from notifications.outbox import channels
from notifications.services import recheck_sockets

# A page that is in use writes its session once in this time, so that an idle end may come so much early.
TOUCH_EVERY = timedelta(seconds=60)


def start(request: HttpRequest, user: User) -> None:
    """Write into the session who logged in, where and when; both limits count from now."""
    now = timezone.now().isoformat()
    request.session[LOGIN] = {"id": uuid.uuid4().hex, "user": user.pk.hex, "staff": user.is_staff, "started": now}
    _see(request, now)


def touch(request: HttpRequest, user: User, *, is_work: bool) -> None:
    """Move the idle end on where somebody works, once in TOUCH_EVERY.

    A session that was opened without `start` starts here.
    """
    login = request.session.get(LOGIN)
    if login is None or login["user"] != user.pk.hex:
        start(request, user)
    elif is_work and timezone.now() - datetime.fromisoformat(login["seen"]) >= TOUCH_EVERY:
        _see(request, timezone.now().isoformat())


def seconds_left(request: HttpRequest) -> int:
    """Return how long the session lasts if nothing more is done in it; 0 where nobody is logged in."""
    login = request.session.get(LOGIN)
    if login is None or not request.user.is_authenticated:
        return 0
    seen, started = (datetime.fromisoformat(login[name]) for name in ("seen", "started"))
    idle, absolute = LIMITS[login["staff"]]
    return max(0, int((min(seen + idle, started + absolute) - timezone.now()).total_seconds()))


def renew(request: HttpRequest) -> None:
    """Give the session a new key, as after every proof of identity (OWASP ASVS 5.0, 7.2.4)."""
    request.session.cycle_key()


def list_of(request: UserRequest) -> list[Session]:
    """Return the user's sessions, the one in use last; this browser's own is marked `is_this`."""
    rows = list(request.user.sessions.alive().exclude(public_id=None))
    for row in rows:
        row.is_this = row.session_key == request.session.session_key
    return rows


def end_one(user: User, public_id: uuid.UUID) -> bool:
    """End one session of the user; return whether there was such a one."""
    return bool(_end(user, user.sessions.filter(public_id=public_id)))


def end_others(request: UserRequest) -> int:
    """End all sessions of the user but this one; return how many that were."""
    return _end(request.user, request.user.sessions.exclude(session_key=request.session.session_key))


def end_all(user: User) -> int:
    """End every session of the user and close the sockets; return how many sessions that were."""
    return _end(user, user.sessions.all())


def purge() -> int:
    """Delete the sessions that ended, strangers' among them; return how many."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def _end(user: User, rows: QuerySet[Session]) -> int:
    """End sessions, and all push messages: in which session, maybe over by now, a browser asked is unknown."""
    ended = rows.delete()[0]
    channels.unsubscribe_all(user)
    recheck_sockets(user)
    return ended


def _see(request: HttpRequest, now: str) -> None:
    where = {
        "seen": now,
        "browser": describe(request.META.get("HTTP_USER_AGENT", "")),
        "address": mask_address(request.META.get("REMOTE_ADDR", "")),
    }
    request.session[LOGIN] = request.session[LOGIN] | where
