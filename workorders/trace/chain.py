"""The order's trace as a chain: each line's hash covers the line and the hash before it, so that no line changes,
goes or comes unseen.

    content hash = SHA-256 of the line as canonical JSON (sorted keys, no spaces, UTF-8)
    hash         = SHA-256 of the previous hash and the content hash, both in hex ("" before the first line)

So a copy may withhold a line: its content hash keeps the chain together. Rule: security.md SG-15, WF-13.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, QuerySet

from workorders.models import Event, WorkOrder


@dataclass(frozen=True)
class Line:
    """A line as it was read; `previous_hash` is None where a copy does not repeat it."""

    number: int
    content_hash: str
    hash: str
    previous_hash: str | None = None


def canonical(value: object) -> bytes:
    """Return plain data as the one JSON text that stands for it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def plain(data: dict) -> dict:
    """Return data as a database gives it back: dates, times and decimals as text."""
    return json.loads(json.dumps(data, cls=DjangoJSONEncoder))


def content(event: Event) -> dict:
    """Return every column of a line but the hashes; the time in UTC with microseconds."""
    return {
        "order": str(event.order_id),
        "number": event.number,
        "name": event.name,
        "label": event.label,
        "note": event.note,
        "by": str(event.by_id),
        "at": event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "source": event.source,
        "target": event.target,
        "is_public": event.is_public,
        "data": event.data,
    }


def digest(line: dict) -> str:
    return hashlib.sha256(canonical(line)).hexdigest()


def link(previous_hash: str, content_hash: str) -> str:
    return hashlib.sha256(f"{previous_hash}{content_hash}".encode()).hexdigest()


def chain(event: Event, previous_hash: str) -> None:
    """Give a new line its place in the chain; a line that is withheld from the customer becomes impossible to guess."""
    event.data = plain(event.data)
    if not event.is_public:
        event.data |= {"nonce": secrets.token_hex(16)}
    event.previous_hash = previous_hash
    event.hash = link(previous_hash, digest(content(event)))


def read(event: Event) -> Line:
    return Line(event.number, digest(content(event)), event.hash, event.previous_hash)


def breaks(lines: Iterable[Line], *, count: int | None = None, head: str | None = None) -> Iterator[tuple[int, str]]:
    """Yield (number, what is wrong) for every place where the chain does not hold; `lines` as they are numbered.

    `count` and `head` are the number of lines that there should be, and the hash of the last.
    """
    number, previous = 0, ""
    for line in lines:
        if line.number > number + 1:
            yield number + 1, f"missing: removed up to line {line.number - 1}"
        elif line.number <= number:
            yield line.number, "inserted, or out of order"
        if line.previous_hash not in (None, previous):
            yield line.number, "does not follow the line before: one of the two was changed, removed or inserted"
        before = previous if line.previous_hash is None else line.previous_hash
        if line.hash != link(before, line.content_hash):
            yield line.number, "changed after it was written"
        number, previous = line.number, line.hash
    if count is not None and count > number:
        yield number + 1, f"missing: the end was cut off, {count} lines were written"
    if count is not None and count < number:
        yield count + 1, f"inserted at the end: {count} lines were written"
    if head is not None and head != previous:
        yield number, "is not the last line that was written"


def check(order: WorkOrder) -> list[tuple[int, str]]:
    """Return where the trace of one order does not hold; [] where it does."""
    return list(breaks(map(read, order.events.order_by("number").iterator()), count=order.event_count))


def walk(events: QuerySet["Event"], orders: QuerySet["WorkOrder"]) -> Iterator[tuple[str, int, str]]:
    """Yield (order, line, what is wrong) over all traces in one pass, whose memory does not grow with their number.

    `events` and `orders` are querysets of what to look at.
    """
    # One statement each: what is written meanwhile is seen whole or not at all.
    emptied = orders.filter(event_count__gt=0, events=None).order_by()
    for order in emptied.iterator():
        yield str(order), 1, f"missing: all {order.event_count} lines were removed"
    rows = events.order_by("order_id", "number").annotate(
        written=F("order__event_count"), order_name=F("order__number"), first_name=F("order__application_number")
    )
    current: UUID | None = None
    lines: list[tuple[Any, Line]] = []
    for event in rows.iterator():
        if event.order_id != current:
            yield from _named(lines)
            current, lines = event.order_id, []
        lines.append((event, read(event)))
    yield from _named(lines)


def _named(lines: Sequence[tuple[Any, Line]]) -> Iterator[tuple[str, int, str]]:
    """Yield the breaks of one order, whose lines are (row, Line)."""
    if lines:
        row = lines[0][0]
        name = row.order_name or row.first_name or str(row.order_id)
        for number, what in breaks([line for _, line in lines], count=row.written):
            yield name, number, what
