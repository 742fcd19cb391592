"""Figures over all orders for supervisors: where they stand, how long that takes, and what is kept within limits."""

from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from workorders.desk import totals
from workorders.desk.charts import Table
from workorders.enums import State
from workorders.limits import spread
from workorders.limits.calendar import Calendar
from workorders.models import ServiceArea, StageTime, WholeTime, WorkOrder
from workorders.models.order import WorkOrderQuerySet

# Upper bounds of the ages in working days; what is older stands in the last group.
AGES = (5, 10, 20)


def tables(area: ServiceArea | None = None) -> list[Table]:
    """Return the tables of the overview, of all service areas or of one."""
    orders = WorkOrder.objects.open().exclude(state=State.DRAFT)
    since = _first_month()
    times, whole = StageTime.objects.filter(ended_on__gte=since), WholeTime.objects.filter(ended_on__gte=since)
    if area:
        orders, times, whole = orders.filter(service_area=area), times.filter(area=area), whole.filter(area=area)
    stages = [_by_state(orders), _ages(orders), _within_limits(times), _bottlenecks(times), _by_area(times)]
    return [*stages, *totals.tables(whole)]


def _first_month() -> date:
    today = timezone.localdate()
    return date(today.year - 1, today.month, 1)


def _by_state(orders: WorkOrderQuerySet) -> Table:
    counts = dict(orders.values_list("state").annotate(n=Count("pk")).order_by())
    rows = [(state.label, state.turn.label, counts[state]) for state in State if state in counts]
    return Table("states", "各环节在途工单", ("环节", "轮到", "工单数"), rows)


def _ages(orders: WorkOrderQuerySet) -> Table:
    """Count what waits for the utility by how many working days it has waited."""
    today, calendar = timezone.localdate(), Calendar.current()
    edges = [_days_ago(calendar, today, age) for age in AGES]
    newer = {
        f"n{age}": Count("pk", filter=Q(entered_at__date__gte=edge)) for age, edge in zip(AGES, edges, strict=True)
    }
    found = orders.awaiting("utility").exclude(due_on=None).aggregate(total=Count("pk"), **newer)
    sums = [0, *(found[f"n{age}"] for age in AGES), found["total"]]
    names = [f"{low + 1 if low else 0}–{high} 天" for low, high in zip((0, *AGES), AGES, strict=False)]
    names.append(f"{AGES[-1]} 天以上")
    rows = [(name, after - before) for name, before, after in zip(names, sums, sums[1:], strict=False)]
    return Table("ages", "供电企业办理中的工单已等待（工作日）", ("已等待", "工单数"), rows)


def _days_ago(calendar: Calendar, today: date, days: int) -> date:
    """Return the earliest date from which at most `days` working days have passed until today."""
    day = today
    while calendar.between(day - timedelta(days=1), today) <= days:
        day -= timedelta(days=1)
    return day


def _within_limits(times: QuerySet[StageTime]) -> Table:
    found = (
        times.annotate(month=TruncMonth("ended_on"))
        .values("month")
        .annotate(total=Count("pk"), late=Count("pk", filter=Q(is_late=True)))
        .order_by("month")
    )
    rows = [
        (
            f"{row['month']:%Y-%m}",
            row["total"],
            row["total"] - row["late"],
            spread.share(row["total"] - row["late"], row["total"]),
        )
        for row in found
    ]
    return Table("limits", "按月办结环节的按期率", ("月份", "办结环节", "按期", "按期率（%）"), rows)


def _bottlenecks(times: QuerySet[StageTime]) -> Table:
    """Rank the states by the working days within which nine in ten were finished."""
    found: dict[str, list[tuple[int, int]]] = {}
    for state, days, count in times.values_list("state", "days").annotate(n=Count("pk")).order_by("state", "days"):
        found.setdefault(state, []).append((days, count))
    rows = [
        (State(state).label, sum(n for _, n in counts), spread.percentile(counts, 50), spread.percentile(counts, 90))
        for state, counts in found.items()
    ]
    rows.sort(key=lambda row: (-row[3], -row[2], row[0]))
    return Table("bottlenecks", "最慢的环节（工作日）", ("环节", "办结次数", "半数不超过", "九成不超过"), rows[:8])


def _by_area(times: QuerySet[StageTime]) -> Table:
    found = (
        times.values("area__name")
        .annotate(total=Count("pk"), late=Count("pk", filter=Q(is_late=True)))
        .order_by("area__name")
    )
    rows = [
        (
            row["area__name"] or "未派发",
            row["total"],
            row["late"],
            spread.share(row["total"] - row["late"], row["total"]),
        )
        for row in found
    ]
    return Table("areas", "各供电单位的按期率", ("供电单位", "办结环节", "超期", "按期率（%）"), rows)
