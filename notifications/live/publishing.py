"""Tell the open pages of people something, in whatever process their sockets are.

At most once: the database holds the truth, and a page asks it after every doubt ({"type": "sync"}).
"""

import json
import logging
from collections.abc import Iterable, Sequence
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from notifications.enums import Close
from notifications.live import hub, presence, relay
from notifications.models import OpenRoom

logger = logging.getLogger(__name__)


def send(user_ids: Iterable[UUID], event: dict) -> None:
    """After commit, hand the event to every open page of these users, as one frame of JSON.

    Takes a second at most where Redis is away, and no time in a process that has sockets; whatever fails is
    logged. `event["type"]` says what it is; "notice", "sync" and "unread" are the inbox's own.
    """
    send_all([(user_ids, event)])


def send_all(events: Iterable[tuple[Iterable[UUID], dict]]) -> None:
    """After commit, hand each event to its users: several at once."""
    _after_commit([(_hex(user_ids), _frame(event), 0) for user_ids, event in events])


def close_sockets(user_id: UUID) -> None:
    """After commit, close the user's sockets; a browser that is still logged in connects again."""
    _after_commit([(_hex([user_id]), "", Close.CHECK_AGAIN)])


def users_in_front_of(room: UUID) -> set[UUID]:
    """Return the ids of those who have the room open in front, in a page that any process serves."""
    fresh = OpenRoom.objects.filter(room=room, seen_at__gt=timezone.now() - presence.FRONT_LASTS)
    return set(fresh.values_list("user_id", flat=True).distinct())


def _hex(user_ids: Iterable[UUID]) -> list[str]:
    return list({user_id.hex: None for user_id in user_ids})


def _frame(event: dict) -> str:
    return json.dumps(event, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))


def _after_commit(packets: Sequence[relay.Packet]) -> None:
    packets = [packet for packet in packets if packet[0]]
    if packets:
        transaction.on_commit(lambda: publish(packets), robust=True)


def publish(packets: Sequence[relay.Packet]) -> None:
    try:
        if not hub.spread(packets) and relay.reaches_others(layer := get_channel_layer()):
            async_to_sync(relay.publish)(layer, packets)
    except Exception:
        # Any failure of any backend: its packages share no base class, and the caller must not notice.
        logger.warning("%d live events were not sent.", len(packets), exc_info=True)
