"""What of the counted months is told, and what is withheld because too few orders stand behind it.

- A number below LEAST is withheld, 0 like 4; so is what was computed over fewer than LEAST orders (or ratings).
- A sum over the supply units is told only where every unit's part is: else it would tell the one that is not.
  There is no sum over months, and no number of orders by stage.
- So whatever stands in a withheld place between 0 and 4, all that is told is the same: nothing can be subtracted.
- Page, CSV and JSON tell these rows and nothing else, and a month that was told does not change any more.

A share is told of five orders or more: that one of them was late says of none which.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.core.cache import cache

from workorders.enums import State
from workorders.models import MonthFigure

LEAST = 5
WITHHELD = f"少于 {LEAST}"
# Of a sum, whose parts are not all told.
NOT_TOLD = "不公布"
TOTAL = "全部供电单位"
# How far back is told.
MONTHS = 24
CACHE_KEY, SECONDS = "public-figures", 600
# What the rules give a limit, in the trade's words; the steps in between, a day each, count in the whole only.
STAGES = {
    State.SUBMITTED.value: "申请受理",
    State.SURVEY_BOOKED.value: "勘察派工",
    State.SURVEYING.value: "供电方案答复",
    State.DESIGN_SUBMITTED.value: "设计文件审核",
    State.MID_SUBMITTED.value: "中间检查",
    State.COMPLETION_SUBMITTED.value: "竣工检验",
    State.CONTRACT_SIGNED.value: "装表接电",
}
_NOBODY = {"orders": 0, "median": None, "ninetieth": None}


@dataclass(frozen=True)
class Days:
    """Working days that half, and nine in ten, did not exceed."""

    median: int
    ninetieth: int


@dataclass(frozen=True)
class Row:
    """What is told of a unit in a month; None: withheld. Numbers of orders, percent, stars of five."""

    month: str
    area: str
    code: str
    received: int | None = None
    energised: int | None = None
    whole: Days | None = None
    share: int | None = None
    stars: float | None = None
    stages: dict[str, Days | None] = field(default_factory=dict)

    @property
    def is_total(self) -> bool:
        return not self.code

    @property
    def month_words(self) -> str:
        year, number = self.month.split("-")
        return f"{year}年{int(number)}月"

    @property
    def named_stages(self) -> list[tuple[str, Days | None]]:
        """Return the stages by their words."""
        return [(words, self.stages.get(state)) for state, words in STAGES.items()]

    @property
    def words(self) -> str:
        """What stands in place of what is withheld."""
        return NOT_TOLD if self.is_total else WITHHELD


def told() -> list[list[Row]]:
    """Return the rows of each month, the latest first: the units' by their codes, then their sum; kept for SECONDS."""
    return cache.get_or_set(CACHE_KEY, _read, SECONDS) or []


def _read() -> list[list[Row]]:
    months = MonthFigure.objects.order_by("-month").values_list("month", flat=True).distinct()[:MONTHS]
    figures = MonthFigure.objects.filter(month__in=list(months)).select_related("area")
    figures = figures.order_by("-month", "area__code")
    return [tell(list(group)) for _, group in groupby(figures, key=lambda figure: figure.month)]


def tell(figures: Sequence[MonthFigure]) -> list[Row]:
    """Return what is told of one month: a row per unit, and their sum where there is more than one."""
    rows = [_row(figure) for figure in figures]
    return [*rows, _sum(figures)] if len(figures) > 1 else rows


def _row(figure: MonthFigure) -> Row:
    return Row(
        month=f"{figure.month:%Y-%m}",
        area=figure.area.name,
        code=figure.area.code,
        received=_number(figure.received),
        energised=_number(figure.energised),
        whole=_days(figure.energised, figure.median, figure.ninetieth),
        share=_percent(figure.kept, figure.energised),
        stars=_mean(figure.stars, figure.ratings),
        stages={state: _days(**figure.stages.get(state, _NOBODY)) for state in STAGES},
    )


def _sum(figures: Sequence[MonthFigure]) -> Row:
    """Add up what every unit has at least LEAST of."""
    return Row(
        month=f"{figures[0].month:%Y-%m}",
        area=TOTAL,
        code="",
        received=_total(figure.received for figure in figures),
        energised=(energised := _total(figure.energised for figure in figures)),
        share=_percent(sum(figure.kept for figure in figures), energised or 0),
        stars=_mean(sum(figure.stars for figure in figures), _total(figure.ratings for figure in figures) or 0),
    )


def _number(count: int) -> int | None:
    return count if count >= LEAST else None


def _days(orders: int, median: int | None, ninetieth: int | None) -> Days | None:
    return Days(median or 0, ninetieth or 0) if orders >= LEAST else None


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole >= LEAST else None


def _mean(stars: int, ratings: int) -> float | None:
    return round(stars / ratings, 1) if ratings >= LEAST else None


def _total(counts: Iterable[int]) -> int | None:
    parts = list(counts)
    return sum(parts) if all(part >= LEAST for part in parts) else None
