"""How long a signed supply plan binds: a year, longer where the manager agrees (供电营业规则; 高压供电方案答复单).

An order whose plan has run out before its completion opinion was signed is flagged and listed, and the manager ends
it with one click. The system does not end it by itself: that cannot be undone, and whether the works are so far on
that a late extension is fair is for a person to judge, whose name then stands in the trace.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic
from notifications.enums import Kind
from workorders.enums import State, Turn
from workorders.journey import announce, flow
from workorders.limits.calendar import a_year_after
from workorders.locks import lock_order
from workorders.models import Event, WorkOrder
from workorders.rights import is_customer, is_manager
from workorders.trace import record

# Calendar days before the last one until which an extension can be asked for.
ASK_AHEAD = 10
# When both sides are reminded.
REMIND_AHEAD = (30, 10)
LAPSED = "供电方案逾期失效"
_ASKED, _EXTENDED, _REFUSED = "ask_plan_extension", "extend_plan", "refuse_plan_extension"
_PATH = list(State)
# From the signature under the plan until the one under the completion opinion.
BINDING = tuple(_PATH[_PATH.index(State.PLAN_SIGNED) : _PATH.index(State.COMPLETION_OPINION_SIGNED)])


@dataclass(frozen=True)
class Term:
    """What both sides are shown of a plan that binds: its last day, the days until then, and what can be asked."""

    expires_on: date
    days: int
    pending: Event | None

    @property
    def is_over(self) -> bool:
        return self.days < 0

    @property
    def level(self) -> str:
        return "overdue" if self.is_over else "amber" if self.days <= REMIND_AHEAD[0] else "ok"

    @property
    def may_ask(self) -> bool:
        return self.days >= ASK_AHEAD and self.pending is None


def term(order: WorkOrder) -> Term | None:
    """Return the Term of an order, or None where no plan binds (any more)."""
    if order.state not in BINDING or order.plan_expires_on is None:
        return None
    days = (order.plan_expires_on - timezone.localdate()).days
    last = order.events.filter(name__in=(_ASKED, _EXTENDED, _REFUSED)).last()
    return Term(order.plan_expires_on, days, last if last and last.name == _ASKED else None)


def expiring(orders: QuerySet[WorkOrder], *, within: int) -> QuerySet[WorkOrder]:
    """Return those of the orders whose plan ends within so many calendar days, or has ended; -1: has ended."""
    return orders.filter(state__in=BINDING, plan_expires_on__lte=timezone.localdate() + timedelta(days=within))


def latest(order: WorkOrder) -> date:
    """Return the last day to which the plan can be extended at once."""
    if order.plan_expires_on is None:
        raise ValueError(f"{order} has no plan that binds")
    return a_year_after(order.plan_expires_on)


@atomic
def ask(order: WorkOrder, *, by: User, reason: str, seen: int | None = None) -> None:
    """Ask the manager for an extension; raises PermissionDenied, NotVerified, or Conflict where it is too late."""
    order = lock_order(order)
    if not is_customer(order, by):
        raise PermissionDenied
    if not by.is_verified:
        raise flow.NotVerified
    current = term(order)
    if current is None or not current.may_ask or flow.is_stale(order, seen):
        raise flow.Conflict(order)
    announce.announce_note(record.note(order, _ASKED, label="申请供电方案延期", by=by, note=reason))


@atomic
def extend(order: WorkOrder, *, by: User, until: date, seen: int | None = None) -> None:
    """Let the plan bind until a later day, a year from its last one at most; raises as `ask`, and ValidationError."""
    order = _asked_for(order, by, seen)
    if not (order.plan_expires_on and order.plan_expires_on < until <= latest(order)):
        raise ValidationError({"until": f"请选择晚于 {order.plan_expires_on}、不晚于 {latest(order)} 的日期。"})
    order.plan_expires_on = until
    order.save(update_fields=["plan_expires_on"])
    words = f"有效期延至 {until.year}年{until.month}月{until.day}日。"
    _answer(record.note(order, _EXTENDED, label="同意供电方案延期", by=by, note=words, plan_expires_on=until))


@atomic
def refuse(order: WorkOrder, *, by: User, reason: str, seen: int | None = None) -> None:
    """Leave the term as it is, for a reason that the customer reads; raises as `ask`."""
    order = _asked_for(order, by, seen)
    _answer(record.note(order, _REFUSED, label="不同意供电方案延期", by=by, note=reason))


def _answer(event: Event) -> None:
    """Tell the customer, by SMS too while it is their turn."""
    is_theirs = State(event.target).turn == Turn.CUSTOMER
    announce.announce_note(event, kind=Kind.TODO if is_theirs else Kind.STEP)


def _asked_for(order: WorkOrder, by: User, seen: int | None) -> WorkOrder:
    """Return the order, locked, with a request that waits for its manager."""
    order = lock_order(order)
    if not is_manager(order, by):
        raise PermissionDenied
    current = term(order)
    if current is None or current.pending is None or flow.is_stale(order, seen):
        raise flow.Conflict(order)
    return order
