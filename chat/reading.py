"""Reading a room: by pages of lines, and everything that a page does not know yet."""

from dataclasses import dataclass

from chat import shapes
from chat.models import Message, Room
from chat.refusals import NotThere
from chat.rights import Access

PAGE_SIZE = 40
SYNC_SIZE = 200
FOUND_MOST = 50


@dataclass
class Page:
    """Lines in their order, and whether there are others before and after them."""

    messages: list
    has_older: bool
    has_newer: bool


def newest(access: Access) -> Page:
    rows = list(_visible(access).order_by("-seq")[: PAGE_SIZE + 1])
    return Page(rows[PAGE_SIZE - 1 :: -1], len(rows) > PAGE_SIZE, False)


def before(access: Access, seq: int) -> Page:
    """Return the page that ends right before a line."""
    rows = list(_visible(access).filter(seq__lt=seq).order_by("-seq")[: PAGE_SIZE + 1])
    return Page(rows[PAGE_SIZE - 1 :: -1], len(rows) > PAGE_SIZE, True)


def after(access: Access, seq: int) -> Page:
    """Return the page that begins right after a line."""
    rows = list(_visible(access).filter(seq__gt=seq).order_by("seq")[: PAGE_SIZE + 1])
    return Page(rows[:PAGE_SIZE], True, len(rows) > PAGE_SIZE)


def around(access: Access, seq: int) -> Page:
    """Return half a page before a line and half a page from it on."""
    half = PAGE_SIZE // 2
    older = list(_visible(access).filter(seq__lt=seq).order_by("-seq")[: half + 1])
    newer = list(_visible(access).filter(seq__gte=seq).order_by("seq")[: half + 1])
    return Page(older[half - 1 :: -1] + newer[:half], len(older) > half, len(newer) > half)


def find(access: Access, words: str) -> list[Message]:
    """Return the newest lines that hold the words, FOUND_MOST at most; what was recalled is not found."""
    rows = _visible(access).filter(recalled_at=None)
    found = rows.filter(body__icontains=words) | rows.filter(attachment__original_name__icontains=words)
    return list(found.order_by("-seq")[:FOUND_MOST])


def sync(room: Room, user, *, after: int) -> dict:
    """Return all that changed in a room after a change: lines new and recalled, members, how far everybody has read.

    The room is read first: what is committed later has a higher number, and comes with the next call. Raises NotThere
    for those who may not read the room.
    """
    room = Room.objects.visible_to(user).select_related("order").filter(pk=room.pk).first()
    if room is None:
        raise NotThere
    access = Access(room, user)
    changed = _visible(access).filter(change__gt=after, change__lte=room.last_change).order_by("change")
    rows = list(changed[: SYNC_SIZE + 1]) if after < room.last_change else []
    more = len(rows) > SYNC_SIZE
    rows = rows[:SYNC_SIZE]
    return {
        "messages": [shapes.message(row) for row in rows],
        "upto": rows[-1].change if more else room.last_change,
        "more": more,
        "last_seq": room.last_seq,
        "members": [shapes.member(row) for row in room.memberships.present().select_related("user")],
        "may_post": access.may_post,
        "obstacle": access.obstacle[1] if access.obstacle else "",
    }


def _visible(access):
    return access.room.messages.seen_by(access.membership).with_parts()
