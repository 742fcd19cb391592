"""Writing the trace: each line takes the next number of its order and the next place in its chain."""

from collections.abc import Iterable, Mapping

from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic
from notifications.services import mark_url_read
from workorders import hooks
from workorders.facts import FACTS
from workorders.locks import lock_order
from workorders.models import Event, WorkOrder
from workorders.trace import chain


@atomic
def note(
    order: WorkOrder,
    name: str,
    *,
    label: str,
    by: User,
    note: str = "",
    is_public: bool = True,
    **facts: object,
) -> Event:
    """Add a line that does not move the order, e.g. a paper handed in later; `facts` by the names of FACTS."""
    order = lock_order(order)
    return append(order, name, label=label, by=by, source=order.state, note=note, facts=facts, is_public=is_public)


def append(
    order: WorkOrder,
    name: str,
    *,
    label: str,
    by: User,
    source: str,
    note: str = "",
    facts: Mapping[str, object],
    is_public: bool = True,
    update_fields: Iterable[str] | None = ("event_count",),
) -> Event:
    """Write the next line; the order's row is locked, so that no two lines follow the same one.

    `update_fields` of the order are saved with its new count; None: all.

    Raises ValueError for a fact that is not in FACTS.
    """
    if strange := facts.keys() - FACTS:
        raise ValueError(f"{name}: no facts of the trace: {', '.join(sorted(strange))}")
    last = order.events.filter(number=order.event_count).first()
    order.event_count += 1
    order.save(update_fields=update_fields)
    event = Event(
        order=order,
        number=order.event_count,
        name=name,
        label=label,
        note=note,
        by=by,
        at=timezone.now(),
        source=source,
        target=order.state,
        is_public=is_public,
        data=facts,
    )
    chain.chain(event, last.hash if last else "")
    event.save(force_insert=True)
    if not event.is_reading:  # who acts on an order knows what was told of it
        mark_url_read(by, order.get_absolute_url(), order.get_desk_url())
    hooks.event_added(event)
    return event
