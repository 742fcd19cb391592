"""Reading a room: by pages of lines, and everything that a page does not know yet."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q

from chat.exceptions import NotFound
from chat.messaging import serializers
from chat.models import Attachment, Message
from chat.models.message import MessageQuerySet
from chat.rights import Access

PAGE_SIZE = 40
SYNC_SIZE = 200
FOUND_MOST = 50


@dataclass
class Page:
    """Lines in their order, and whether there are others before and after them."""

    messages: list[Message]
    has_older: bool
    has_newer: bool


def page(access: Access, *, before: int | None = None, after: int | None = None, around: int | None = None) -> Page:
    """Return the page that one of the numbers names; the newest where there is none."""
    for seq, way in ((before, _before), (after, _after), (around, _around)):
        if seq is not None:
            return way(access, seq)
    return _newest(access)


def _newest(access: Access) -> Page:
    rows = list(_visible(access).order_by("-seq")[: PAGE_SIZE + 1])
    return Page(rows[PAGE_SIZE - 1 :: -1], len(rows) > PAGE_SIZE, False)


def _before(access: Access, seq: int) -> Page:
    """Return the page that ends right before a line."""
    rows = list(_visible(access).filter(seq__lt=seq).order_by("-seq")[: PAGE_SIZE + 1])
    return Page(rows[PAGE_SIZE - 1 :: -1], len(rows) > PAGE_SIZE, True)


def _after(access: Access, seq: int) -> Page:
    """Return the page that begins right after a line."""
    rows = list(_visible(access).filter(seq__gt=seq).order_by("seq")[: PAGE_SIZE + 1])
    return Page(rows[:PAGE_SIZE], True, len(rows) > PAGE_SIZE)


def _around(access: Access, seq: int) -> Page:
    """Return half a page before a line and half a page from it on."""
    half = PAGE_SIZE // 2
    older = list(_visible(access).filter(seq__lt=seq).order_by("-seq")[: half + 1])
    newer = list(_visible(access).filter(seq__gte=seq).order_by("seq")[: half + 1])
    return Page(older[half - 1 :: -1] + newer[:half], len(older) > half, len(newer) > half)


def one(access: Access, pk: UUID | str) -> Message:
    """Return a line that the user may read and that somebody said; raises NotFound."""
    try:
        row = _visible(access).filter(pk=pk).exclude(author=None).first()
    except ValidationError:  # no UUID
        row = None
    if row is None:
        raise NotFound
    return row


def file(access: Access, pk: UUID) -> Attachment:
    """Return a file whose line the user may read; raises NotFound, also for one that was recalled."""
    row = _visible(access).filter(attachment=pk, recalled_at=None).first()
    if row is None:
        raise NotFound
    return row.attachment


def find(access: Access, words: str) -> list[Message]:
    """Return the newest lines that hold the words, FOUND_MOST at most; what was recalled is not found."""
    rows = _visible(access).filter(recalled_at=None)
    found = rows.filter(
        Q(body__plain__contains=words) | Q(attachment__original_name__plain__contains=words),
    )
    return list(found.order_by("-seq")[:FOUND_MOST])


def sync(access: Access, *, after: int) -> dict:
    """Return all that changed in a room after a change: lines new and recalled, members, how far everybody has read.

    The room was read first: what was committed since has a higher number, and comes with the next call.
    """
    room = access.room
    changed = _visible(access).filter(change__gt=after, change__lte=room.last_change).order_by("change")
    rows = list(changed[: SYNC_SIZE + 1]) if after < room.last_change else []
    more = len(rows) > SYNC_SIZE
    rows = rows[:SYNC_SIZE]
    return {
        "messages": [serializers.message(row) for row in rows],
        "upto": rows[-1].change if more else room.last_change,
        "more": more,
        "last_seq": room.last_seq,
        "members": [serializers.member(row) for row in room.memberships.entitled().select_related("user")],
        "may_post": access.may_post,
        "obstacle": access.obstacle[1] if access.obstacle else "",
    }


def _visible(access: Access) -> MessageQuerySet:
    return access.room.messages.seen_by(access.membership).with_parts()
