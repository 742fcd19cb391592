"""The one way an order moves: `advance` locks, checks, runs the transition, saves and writes the trace."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django_fsm import can_proceed

from accounts.models import User
from bandian.db.locks import atomic
from workorders.inputs import Given, Nothing
from workorders.journey import announce, writers
from workorders.limits import calendar, deadlines, stage_times
from workorders.limits.rules import Rules
from workorders.locks import Conflict, lock_order
from workorders.models import STEPS, WorkOrder
from workorders.models.step import Step
from workorders.rights import is_customer
from workorders.trace import record


class NotVerified(Exception):
    """The customer has not passed the real-name check, which every step but the withdrawal needs."""


def steps_for(order: WorkOrder, user: User) -> list[Step]:
    """Return the steps the user may take now, in the order of the journey."""
    return [each.custom["step"] for each in order.get_available_user_state_transitions(user)]


@atomic
def advance(order: WorkOrder, name: str, given: Given | None = None, *, by: User, seen: int | None = None) -> WorkOrder:
    """Take one step of the journey and return the order as it is afterwards.

    `given` is what the step's form gathered (workorders.inputs), of the type that its row names; `seen` is the number
    of events that the page showed. Raises PermissionDenied for the wrong person, NotVerified before the real-name
    check, Conflict where the order has moved on, ValidationError where the step lacks something, TypeError for another
    step's input. Whatever is raised, nothing is kept.
    """
    order, step, given = lock_order(order), STEPS[name], given or Nothing()
    if not step.by(order, by):
        raise PermissionDenied
    if step.by is is_customer and step.needs_real_name and not by.is_verified:
        raise NotVerified
    move = getattr(order, name)
    if is_stale(order, seen) or not can_proceed(move):
        raise Conflict(order)
    if not isinstance(given, step.given):
        raise TypeError(f"{name} takes {step.given}, not {type(given)}")
    given.clean(calendar.works)
    source, note = order.state, given.says(order)
    written = writers.write(step, order, given, by=by)
    move(given, **written.fields)
    rules = Rules()
    stage_times.keep(order, source, rules)
    order.entered_at = timezone.now()
    deadlines.begin(order, rules)
    facts = given.facts | written.fields | written.facts
    kept = {key: facts[key] for key in step.keeps if facts.get(key) not in (None, "")}
    event = record.append(
        order, name, label=step.label, by=by, source=source, note=note, facts=kept, update_fields=None
    )
    announce.announce_step(event, step)
    return order


def is_stale(order: WorkOrder, seen: int | None) -> bool:
    """Whether a page that showed `seen` events lacks a later step; a reading in between changes nothing."""
    if seen is None or seen == order.event_count:
        return False
    return not 0 <= seen < order.event_count or order.events.steps().filter(number__gt=seen).exists()
