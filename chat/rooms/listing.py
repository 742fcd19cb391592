"""Lists of rooms: a user's own by the last line, and at the desk who waits longest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.dateparse import parse_datetime

from accounts.models import User
from chat.enums import RoomState
from chat.messaging import serializers
from chat.models import Membership, Message, Room
from chat.rooms import unread
from workorders.models import WorkOrder

PAGE_SIZE = 20


@dataclass
class Row:
    """A room in a list: the member's own place in it, if any, what is unread, and the last line in a few words."""

    room: Room
    member: Membership | None
    unread: int
    last: str
    by: str

    @property
    def is_contact(self) -> bool:
        return self.member is not None and self.member.is_contact

    @property
    def name(self) -> str:
        """What the room is called: contacts see the number of the order only."""
        return f"高压新装工单 {self.room.order}" if self.is_contact else str(self.room.order.application)

    @property
    def note(self) -> str:
        """What tells the room from others of the same name: an enterprise may have several orders."""
        return "" if self.is_contact else f"工单 {self.room.order}"


def mine(user: User, after: str = "") -> tuple[list[Row], str]:
    """Return the user's rooms, the latest first, and where the next page begins ("" where there is none)."""
    rows = _places(user).order_by("-room__last_at", "-room")
    if (key := _key(after)) is not None:
        at, room = key
        rows = rows.filter(Q(room__last_at__lt=at) | Q(room__last_at=at, room__lt=room))
    page = list(rows[: PAGE_SIZE + 1])
    last = page[PAGE_SIZE - 1].room if len(page) > PAGE_SIZE else None
    return _told(page[:PAGE_SIZE]), f"{last.last_at.isoformat()}_{last.pk}" if last else ""


def running(user: User) -> list[Row]:
    """Return the user's latest rooms that are open."""
    rows = _places(user).filter(room__state=RoomState.OPEN).order_by("-room__last_at", "-room")
    return _told(list(rows[:PAGE_SIZE]))


def waiting(user: User, most: int = 100) -> list[Row]:
    """Return a manager's rooms, and to a supervisor all: first where somebody waits, the longest first, then the others
    by the last line.
    """
    if user.is_supervisor:
        return _overseen(user, most)
    rows = _places(user).order_by(F("room__waiting_since").asc(nulls_last=True), "-room__last_at")
    return _told(list(rows[:most]))


def last_said(orders: Iterable[WorkOrder]) -> list[tuple[Room, Message, bool]]:
    """Return (room, what a person last said in it, whether that waits for an answer) of the orders with a talk."""
    said = Message.objects.filter(room=OuterRef("pk"), author__isnull=False).order_by("-seq")
    found = Room.objects.filter(pk__in=[order.pk for order in orders]).annotate(said=Subquery(said.values("pk")[:1]))
    rooms: dict[UUID, Room] = {room.said: room for room in found if room.said}
    rows = Message.objects.with_parts().filter(pk__in=rooms)
    return [(rooms[row.pk], row, rooms[row.pk].waiting_since is not None) for row in rows]


def _places(user: User) -> QuerySet[Membership]:
    return Membership.objects.entitled().filter(user=user).select_related("room__order__application")


def _overseen(user: User, most: int) -> list[Row]:
    found = Room.objects.visible_to(user).select_related("order__application")
    rooms = list(found.order_by(F("waiting_since").asc(nulls_last=True), "-last_at")[:most])
    own = {place.room_id: place for place in _places(user).filter(room__in=rooms)}
    last = _last([room.pk for room in rooms])
    return [_row(room, own.get(room.pk), last.get(room.pk)) for room in rooms]


def _told(places: Iterable[Membership]) -> list[Row]:
    last = _last([place.room_id for place in places])
    return [_row(place.room, place, last.get(place.room_id)) for place in places]


def _last(rooms: Iterable[UUID]) -> dict[UUID, Message]:
    newest = Message.objects.with_parts().filter(room__in=rooms, seq=F("room__last_seq"))
    return {row.room_id: row for row in newest}


def _row(room: Room, place: Membership | None, last: Message | None) -> Row:
    words = serializers.summary(last) if last else ""
    by = last.author.name if last and last.author else ""
    return Row(room, place, unread.of(place) if place else 0, words, by)


def _key(after: str) -> tuple[datetime, str] | None:
    at, _, room = after.partition("_")
    try:
        moment = parse_datetime(at.replace(" ", "+"))
    except ValueError:
        return None
    return (moment, room) if moment and len(room) == 36 else None
