"""The whole clock in figures: how many working days orders took, how many kept the promise, by month and by area."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from workorders.desk.charts import Table
from workorders.limits import spread
from workorders.models import WholeTime

# Upper bounds of the working days used; what took longer stands in the last group.
GROUPS = (5, 10, 15, 22, 32)
_COLUMNS = (
    "送电工单", "承诺内", "承诺内（%）", "用时半数不超过（工作日）", "用时九成不超过（工作日）",
    "申请到送电半数不超过（天）", "申请到送电九成不超过（天）",
)  # fmt: skip


@dataclass
class _Group:
    """Orders by their working days used, and by their calendar days from the application to energising."""

    kept: int = 0
    used: Counter[int] = field(default_factory=Counter)
    passed: Counter[int] = field(default_factory=Counter)

    @property
    def row(self) -> tuple[float, ...]:
        orders = self.used.total()
        share = spread.share(self.kept, orders)
        return orders, self.kept, share, *spread.middle_and_most(self.used), *spread.middle_and_most(self.passed)


def tables(whole: QuerySet[WholeTime]) -> list[Table]:
    """Return the tables over the orders whose whole time is kept in `whole` (WholeTime): counted by the database, as
    many rows as there are different numbers of days.
    """
    months: dict[str, _Group] = defaultdict(_Group)
    areas: dict[str, _Group] = defaultdict(_Group)
    used: Counter[int] = Counter()
    rows = whole.annotate(month=TruncMonth("ended_on")).order_by("month")
    found = rows.values_list("month", "area__name", "days", "promised").annotate(n=Count("pk"))
    for month, area, days, promised, n in found:
        used[days] += n
        for group in (months[f"{month:%Y-%m}"], areas[area or "未派发"]):
            group.used[days] += n
            group.kept += n if days <= promised else 0
    found = rows.values_list("month", "area__name", "calendar_days").annotate(n=Count("pk"))
    for month, area, days, n in found:
        months[f"{month:%Y-%m}"].passed[days] += n
        areas[area or "未派发"].passed[days] += n
    return [
        Table("totals", "送电工单用时的分布（全程，工作日）", ("用时", "工单数"), _spread(used)),
        Table("totals-months", "按月全程承诺的兑现率", ("月份", *_COLUMNS), _rows(months.items())),
        Table("totals-areas", "各供电单位全程承诺的兑现率", ("供电单位", *_COLUMNS), _rows(sorted(areas.items()))),
    ]


def _spread(used: Counter[int]) -> list[tuple[str, int]]:
    if not used:
        return []
    groups: Counter[int | None] = Counter()
    for days, n in used.items():
        groups[next((most for most in GROUPS if days <= most), None)] += n
    lowest = (0, *(most + 1 for most in GROUPS))
    rows = [(f"{low}–{most} 天", groups[most]) for low, most in zip(lowest, GROUPS, strict=False)]
    return [*rows, (f"{GROUPS[-1]} 天以上", groups[None])]


def _rows(groups: Iterable[tuple[str, _Group]]) -> list[tuple[str | float, ...]]:
    return [(name, *group.row) for name, group in groups]
