"""The one way an order moves: `advance` locks, checks, runs the transition, saves and writes the trace."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django_fsm import can_proceed

from workorders import hooks
from workorders.journey import announce, writers
from workorders.limits import deadlines, stage_times
from workorders.models import Event, WorkOrder
from workorders.rights import is_customer
from workorders.trace import chain

STEPS = {step.name: step for step in WorkOrder._meta.get_field("state").get_all_transitions(WorkOrder)}


class Conflict(Exception):
    """The order has moved on since the page was opened; `event` says who moved it, and when."""

    def __init__(self, order):
        self.order = order
        self.event = order.events.steps().select_related("by").last()
        super().__init__(f"{order} is {order.state}")


class NotVerified(Exception):
    """The customer has not passed the real-name check, which every step but the withdrawal needs."""


def steps_for(order, user):
    """Return the transitions the user may take now, in the order of the journey."""
    return list(order.get_available_user_state_transitions(user))


def lock(order):
    """Return the order read anew with its row locked until the transaction ends."""
    return WorkOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)


@transaction.atomic
def advance(order, name, *, by, seen=None, **data):
    """Take one step of the journey and return the order as it is afterwards.

    `seen` is the number of events that the page showed; `data` is what the step's form gathered. Raises
    PermissionDenied for the wrong person, NotVerified before the real-name check, Conflict where the order has moved
    on, ValidationError where the step lacks something. Whatever is raised, nothing is kept.
    """
    order = lock(order)
    step = STEPS[name]
    if not step.permission(order, by):
        raise PermissionDenied
    if step.permission is is_customer and name != "withdraw" and not by.is_verified:
        raise NotVerified
    move = getattr(order, name)
    if is_stale(order, seen) or not can_proceed(move):
        raise Conflict(order)
    source = order.state
    data |= writers.write(name, order, by=by, **data)
    move(**data)
    stage_times.record(order, source)
    _start_clock(order)
    event = _append(order, name=name, label=step.custom["label"], by=by, source=source, data=data)
    announce.event(event)
    return order


@transaction.atomic
def note(order, name, *, label, by, is_public=True, **data):
    """Add a line to the trace that does not move the order, e.g. a paper handed in later."""
    order = lock(order)
    return _append(order, name=name, label=label, by=by, source=order.state, data=data, is_public=is_public)


def _append(order, *, name, label, by, source, data, is_public=True):
    """Write the next line of the trace; the order's row is locked, so that no two lines follow the same one."""
    last = order.events.filter(number=order.event_count).first()
    order.event_count += 1
    order.save()
    event = Event(
        order=order,
        number=order.event_count,
        name=name,
        label=label,
        note=data.get("reason") or data.get("remarks") or "",
        by=by,
        at=timezone.now(),
        source=source,
        target=order.state,
        is_public=is_public,
        data={key: value for key, value in data.items() if isinstance(value, _PLAIN)},
    )
    chain.chain(event, last.hash if last else "")
    event.save(force_insert=True)
    hooks.event_added(event)
    return event


def is_stale(order, seen):
    """Whether a page that showed `seen` events lacks a later step; a reading in between changes nothing."""
    if seen is None or seen == order.event_count:
        return False
    return not 0 <= seen < order.event_count or order.events.steps().filter(number__gt=seen).exists()


_PLAIN = (str, int, bool, Decimal, date, datetime, type(None))


def _start_clock(order):
    order.entered_at = timezone.now()
    order.due_on, order.due_is_estimate = deadlines.due(order, timezone.localdate())
