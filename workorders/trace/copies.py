"""The hashes that a copy of a trace tells: those of the lines, or, from the first line on of which it withholds facts,
others that only we can make.

Lines from before the facts were listed may hold an address, a browser or a phone, and whoever knows the rest of a line
tries all of these until its hash, or any behind it, comes out. So in place of such a line's content hash stands its
keyed hash (HMAC with the field key), and the chain of the copy goes on from there: it still shows that no line of the
copy was changed, and whoever holds the lines and the key makes the same copy anew.
"""

from collections.abc import Iterable, Iterator

from bandian.db.crypto import blind_indexes
from workorders.facts import FACTS
from workorders.models import Event
from workorders.trace import chain
from workorders.trace.chain import Line

# What lines tell the customer; the words of a reason or a remark stood among the facts before they were listed, and the
# stars while ratings were lines.
TOLD = FACTS | {"reason", "remarks", "request", "sealing", "stars"}


def withholds(event: Event) -> bool:
    """Whether a line that the customer sees holds facts that the customer does not."""
    return event.is_public and not event.data.keys() <= TOLD


def lines(events: Iterable, *, whole: bool, key: int = 0) -> Iterator[Line]:
    """Yield the line of a copy for each event of one order, from its first on; `key` is the place of a field key."""
    before, previous, is_blinded = "", "", False
    for event in events:
        line = chain.read(event)
        content_hash = line.content_hash
        if not whole and withholds(event):
            is_blinded = True
            content_hash = blind_indexes(f"trace {event.order_id} {event.number} {content_hash}")[key]
        is_right = line.previous_hash == before and line.hash == chain.link(before, line.content_hash)
        # A line that is wrong keeps its hash: whoever checks the copy sees it.
        before, previous = line.hash, chain.link(previous, content_hash) if is_blinded and is_right else line.hash
        yield Line(event.number, content_hash, previous)


def hashes(events: Iterable, *, whole: bool) -> dict[int, str]:
    """Return {number: hash} as a copy tells them."""
    return {line.number: line.hash for line in lines(events, whole=whole)}
