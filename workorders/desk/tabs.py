"""The desk's lists: which orders a tab holds, in which order, and how many at least."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from workorders import hooks
from workorders.enums import State, Turn
from workorders.limits import deadlines, promise
from workorders.limits.calendar import Calendar
from workorders.models import Event, ServiceArea, WorkOrder
from workorders.models.order import WorkOrderQuerySet
from workorders.requests import plan_term

PAGE_SIZE = 30
# Where counting ends: a tab says 99+.
MOST_COUNTED = 99


@dataclass(frozen=True)
class Tab:
    key: str
    label: str
    # From (orders the user may see, user) to the orders of the tab.
    choose: Callable[[WorkOrderQuerySet, User], WorkOrderQuerySet]
    # The column of dates by which it is sorted, what is due first; otherwise the latest come first.
    by: str = "sort_on"
    empty: str = ""


def _mine(orders: WorkOrderQuerySet, user: User) -> WorkOrderQuerySet:
    return orders.running().filter(manager=user)


def _pool(orders: WorkOrderQuerySet, user: User) -> WorkOrderQuerySet:
    """What nobody has taken: without a unit for the supervisor, not accepted yet for the managers of a unit."""
    return orders.running().filter(manager=None)


def _today(orders: WorkOrderQuerySet, user: User) -> WorkOrderQuerySet:
    return orders.running().filter(due_on=timezone.localdate())


def _overdue(orders: WorkOrderQuerySet, user: User) -> WorkOrderQuerySet:
    return orders.running().filter(due_on__lt=timezone.localdate())


def _promised(orders: WorkOrderQuerySet, user: User) -> WorkOrderQuerySet:
    """What is near the end of its promise, or past it, on the utility's turn."""
    last = promise.last_day_near(timezone.localdate(), Calendar.current())
    return orders.running().filter(promise_on__lte=last)


def _customer(orders: WorkOrderQuerySet, user: User) -> WorkOrderQuerySet:
    return _awaiting(orders.running(), Turn.CUSTOMER)


def _awaiting(orders: WorkOrderQuerySet, turn: str) -> WorkOrderQuerySet:
    """Return the orders whose turn it is, those whose clock a request stops among the customer's."""
    if turn == Turn.CUSTOMER:
        return orders.filter(Q(state__in=State.customer_states) | Q(state__in=State.utility_states, due_on=None))
    return orders.awaiting(turn).exclude(due_on=None)


TABS = (
    Tab("mine", "我的", _mine, empty="您名下没有在办工单；新申请在【待分配】里受理。"),
    Tab("pool", "待分配", _pool, empty="没有待受理或待派发的申请。"),
    Tab("today", "今日到期", _today, empty="今天没有到期的工单。"),
    Tab("overdue", "超期", _overdue, empty="没有超期的工单。"),
    Tab("promise", "总时限预警", _promised, by="promise_on", empty="没有总时限临近或超出的工单。"),
    Tab("customer", "待客户", _customer, empty="没有等客户办理的工单。"),
    Tab("all", "全部", lambda orders, user: orders, by="", empty="您负责的供电单位还没有工单。"),
)
BY_KEY = {tab.key: tab for tab in TABS}


def default_tab(user: User) -> Tab:
    """Return the tab that opens first: a manager's own orders, everything's overdue ones for a supervisor."""
    return BY_KEY["overdue" if user.is_supervisor else "mine"]


def count(orders: QuerySet[WorkOrder]) -> str:
    """Return how many orders there are, as words: counted to MOST_COUNTED only."""
    found = orders.order_by()[: MOST_COUNTED + 1].count()
    return str(found) if found <= MOST_COUNTED else f"{MOST_COUNTED}+"


def narrow(orders: WorkOrderQuerySet, *, state: str = "", area: ServiceArea | None = None) -> QuerySet[WorkOrder]:
    """Return the orders of a state, or of whose turn, date or promise `state` names, and of a service area."""
    if area:
        orders = orders.filter(service_area=area)
    if state in Turn.values:
        return _awaiting(orders, state)
    if state == "near":
        today = timezone.localdate()
        return orders.running().filter(due_on__range=(today, deadlines.add_working_days(today, 1)[0]))
    if state in _PROMISES:
        return _PROMISES[state](orders.running())
    if state == "lapsed":
        return plan_term.expiring(orders, within=-1)
    return orders.filter(state=state) if state else orders


def _near_promise(orders: WorkOrderQuerySet) -> WorkOrderQuerySet:
    today, calendar = timezone.localdate(), Calendar.current()
    days = promise.last_day_kept(today, calendar), promise.last_day_near(today, calendar)
    return orders.filter(promise_on__range=days)


def _past_promise(orders: WorkOrderQuerySet) -> WorkOrderQuerySet:
    return orders.filter(promise_on__lt=promise.last_day_kept(timezone.localdate(), Calendar.current()))


_PROMISES = {"promise_near": _near_promise, "promise_past": _past_promise}


def page(orders: QuerySet[WorkOrder], tab: Tab, after: WorkOrder | None = None) -> tuple[list[WorkOrder], bool]:
    """Return (rows, whether more follow) behind the order `after`.

    Each row has what is left of the limit and of the promise, the last line of its trace, and what was last said about
    it.
    """
    if tab.by:
        orders = orders.order_by(tab.by, "id")
        # An order that has lost its date since the page before marks no place any more: the list begins anew.
        if after and (day := getattr(after, tab.by)):
            behind = Q(**{f"{tab.by}__gt": day}) | Q(**{tab.by: day, "id__gt": after.id})
            orders = orders.filter(behind, **{f"{tab.by}__gte": day})
    else:
        orders = orders.order_by("-created_at", "-id")
        if after:
            behind = Q(created_at__lt=after.created_at) | Q(created_at=after.created_at, id__lt=after.id)
            orders = orders.filter(behind, created_at__lte=after.created_at)
    rows = list(orders.select_related("application", "manager", "service_area")[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    deadlines.attach(shown)
    _attach_last_lines(shown)
    words = hooks.last_words(shown)
    for order in shown:
        order.last_words = words.get(order.pk)
    return shown, len(rows) > PAGE_SIZE


def _attach_last_lines(orders: Iterable[WorkOrder]) -> None:
    """Give each order the last line of its trace as `last_line`, with one query for all."""
    lines = Event.objects.filter(order__in=orders, number=F("order__event_count")).select_related("by")
    by_order = {line.order_id: line for line in lines}
    for order in orders:
        order.last_line = by_order.get(order.pk)


STATES = [
    (Turn.UTILITY.value, "待我方办理"),
    (Turn.CUSTOMER.value, "待客户办理"),
    ("near", "一个工作日内到期"),
    ("promise_near", f"总时限 {promise.NEAR} 个工作日内用完"),
    ("promise_past", "总时限已超"),
    ("lapsed", "供电方案已过有效期"),
    *(choice for choice in State.choices if choice[0] != State.DRAFT),
]
