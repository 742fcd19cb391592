"""The trace of an order as a JSON file that can be checked without the database (`manage.py verify_trace --file`).

The customer's copy withholds the utility's internal lines: of those it holds the number and the content hash only,
with which the chain still closes. Lines from before the facts were listed may hold an address, a browser or a phone:
of those the copy tells what is left without them, and no hash by which they could be guessed (`copies`).
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from workorders.models import Event, WorkOrder
from workorders.trace import chain, copies

FORMAT = "bandian-trace/1"
RULE = (
    "content_hash = SHA-256(content as JSON: sorted keys, no spaces, UTF-8); "
    "hash = SHA-256(hash of the line before + content_hash, as hex text; nothing before the first line)"
)
BLINDED = (
    "; from line {} on the hashes are this copy's own: the content_hash of a line without_personal_data is keyed, so "
    "that what is withheld cannot be guessed, and the house can make the same copy anew"
)


def make(order: WorkOrder, *, whole: bool) -> dict:
    """Return an order's trace as plain data; `whole` shows the internal lines too, which only staff may see."""
    events = list(order.events.select_related("by").order_by("number"))
    shown = [event for event in events if whole or event.is_public]
    lines = list(copies.lines(events, whole=whole))
    blinded = [event.number for event in events if not whole and copies.withholds(event)]
    return {
        "format": FORMAT,
        "rule": RULE + (BLINDED.format(blinded[0]) if blinded else ""),
        "order": str(order.pk),
        "order_number": str(order),
        "made_at": DjangoJSONEncoder().default(timezone.now()),
        "count": len(events),
        "head": lines[-1].hash if lines else "",
        # For the reader: the chain covers the ids, not the names.
        "people": {str(event.by_id): f"{event.by.name}（{event.by.get_role_display()}）" for event in shown},
        "lines": [_line(event, line, whole) for event, line in zip(events, lines, strict=True)],
    }


def _line(event: Event, line: chain.Line, is_whole: bool) -> dict[str, Any]:
    content = chain.content(event)
    told: dict[str, Any] = {}
    if is_whole or (event.is_public and not copies.withholds(event)):
        told["content"] = content
    else:
        told["content_hash"] = line.content_hash
        if event.is_public:
            data = {key: value for key, value in event.data.items() if key in copies.TOLD}
            told["without_personal_data"] = content | {"data": data}
    return {"number": event.number, **told, "hash": line.hash}


def problems(copy: Any) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong) for a copy that was read from a file; whatever the file holds, nothing is raised."""
    try:
        if copy["format"] != FORMAT:
            raise ValueError
        order, count, head = str(UUID(copy["order"])), int(copy["count"]), str(copy["head"])
        lines = [_read(line, order) for line in copy["lines"]]
    except (AttributeError, KeyError, TypeError, ValueError):
        yield 0, "no trace of ours, or a part of it is missing or misplaced"
        return
    yield from chain.breaks(lines, count=count, head=head)


def _read(line: Any, order: str) -> chain.Line:
    """Return a line of a copy; raises ValueError where its content is another line's."""
    content, number = line.get("content"), int(line["number"])
    if content is None:
        return chain.Line(number, str(line["content_hash"]), str(line["hash"]))
    if (content["order"], content["number"]) != (order, number):
        raise ValueError
    return chain.Line(number, chain.digest(content), str(line["hash"]))


def strays(copy: Any) -> Iterator[tuple[int, str]]:
    """Yield (line, what) where a copy without problems is not the database's trace of that order, if it has one.

    A file that was rewritten as a whole agrees with itself only.
    """
    ours = list(Event.objects.filter(order=copy["order"], number__lte=copy["count"]).order_by("number"))
    if not Event.objects.filter(order=copy["order"]).exists():
        return
    heads = {event.hash for event in ours[-1:] if event.number == copy["count"]}
    for key in range(len(settings.FIELD_KEYS)):  # one of which it was made with
        heads |= {line.hash for line in copies.lines(ours, whole=False, key=key) if line.number == copy["count"]}
    if copy["head"] not in heads:
        yield copy["count"], "not the line that stands in the database"
