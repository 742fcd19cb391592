"""What the database says about open sockets: which have to close, and which room is open in front of whom.

Everything here is done for all sockets of a process at once, off the way of the frames.
"""

from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from notifications.enums import Close
from notifications.models import OpenRoom

if TYPE_CHECKING:
    from notifications.live.hub import Socket


LONGEST_LIFE_SECONDS = 8 * 3600
# A room counts as open in front this long after the last inspection of its socket, which comes every 30 s.
FRONT_LASTS = timedelta(seconds=90)
AT_ONCE = 500


@database_sync_to_async
def inspect(sockets: Sequence["Socket"], now: float) -> list:
    """Return [(socket, code)] of those to close: session over, user locked, password changed, or open too long."""
    over = []
    for start in range(0, len(sockets), AT_ONCE):
        part = sockets[start : start + AT_ONCE]
        alive = _alive(part)
        fronts = [socket.id for socket in part if socket.room and socket in alive]
        OpenRoom.objects.filter(pk__in=fronts).update(seen_at=timezone.now())
        over += [(socket, Close.LOGIN_NEEDED) for socket in part if socket not in alive]
        over += [(socket, Close.CHECK_AGAIN) for socket in alive if now - socket.opened_at > LONGEST_LIFE_SECONDS]
    OpenRoom.objects.filter(seen_at__lt=timezone.now() - FRONT_LASTS).delete()
    return over


def _alive(sockets: Sequence["Socket"]) -> set["Socket"]:
    Session = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    keys = {socket.session_key for socket in sockets}
    living = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    keys = set(living.values_list("session_key", flat=True))
    users = get_user_model().objects.filter(pk__in={socket.user_id for socket in sockets}, is_active=True)
    hashes = {user.pk.hex: user.get_session_auth_hash() for user in users}
    return {
        socket
        for socket in sockets
        if socket.session_key in keys
        and socket.user_id in hashes
        and constant_time_compare(socket.auth_hash, hashes[socket.user_id])
    }


@database_sync_to_async
def note_front(socket: "Socket", room: UUID | None) -> None:
    """Keep which room the page of this socket shows in front; None: no room."""
    if room is None:
        OpenRoom.objects.filter(pk=socket.id).delete()
    else:
        values = {"user_id": UUID(socket.user_id), "room": room, "seen_at": timezone.now()}
        OpenRoom.objects.update_or_create(pk=socket.id, defaults=values)
