"""Counts a month that is over, for every supply unit, and keeps that for good."""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Sum
from django.utils import timezone

from bandian.db.locks import atomic
from workorders.enums import State
from workorders.figures.telling import CACHE_KEY, MONTHS, STAGES
from workorders.limits import spread
from workorders.models import Event, MonthFigure, Rating, ServiceArea, StageTime, WholeTime, WorkOrder


def publish() -> list[date]:
    """Count every month that is over and has not been counted, of those that are told; return their first days.

    May run at any time and any number of times, also twice at once: a month is counted once.
    """
    counted = set(MonthFigure.objects.order_by().values_list("month", flat=True).distinct())
    lacking = [month for month in _months() if month not in counted]
    for month in lacking:
        _keep(month)
    if lacking:
        cache.delete(CACHE_KEY)
    return lacking


def _months() -> list[date]:
    """Return the first days of the months that are over, from the first with an order on, MONTHS at most."""
    first = WorkOrder.objects.order_by("created_at").values_list("created_at", flat=True).first()
    found: list[date] = []
    month = _before(timezone.localdate().replace(day=1))
    while first and month >= timezone.localdate(first).replace(day=1) and len(found) < MONTHS:
        found.append(month)
        month = _before(month)
    return found[::-1]


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


@atomic
def _keep(month: date) -> None:
    end = (month + timedelta(days=31)).replace(day=1)
    received, whole = _received(month, end), _whole(month, end)
    ratings, stages = _ratings(month, end), _stages(month, end)
    rows = []
    for area in ServiceArea.objects.values_list("pk", flat=True):
        days, kept = whole[area]
        median, ninetieth = spread.middle_and_most(days) if days else (None, None)
        count, stars = ratings.get(area, (0, 0))
        rows.append(
            MonthFigure(
                month=month, area_id=area, received=received.get(area, 0), energised=days.total(), kept=kept,
                median=median, ninetieth=ninetieth, ratings=count, stars=stars, stages=stages[area],
            )
        )  # fmt: skip
    MonthFigure.objects.bulk_create(rows, ignore_conflicts=True)


def _received(month: date, end: date) -> dict[UUID, int]:
    """Count first submissions; one that comes again after a correction is no other application."""
    events = Event.objects.filter(name="submit", source=State.DRAFT, at__range=_moments(month, end))
    return dict(events.order_by().values_list("order__service_area").annotate(n=Count("pk")))


def _whole(month: date, end: date) -> dict[UUID, tuple[Counter[int], int]]:
    """Return {area: (orders energised by working days used, how many kept the promise)}."""
    found: dict[UUID, tuple[Counter[int], int]] = defaultdict(lambda: (Counter(), 0))
    rows = WholeTime.objects.filter(ended_on__gte=month, ended_on__lt=end).order_by()
    for area, days, promised, n in rows.values_list("area", "days", "promised").annotate(n=Count("pk")):
        used, kept = found[area]
        used[days] += n
        found[area] = used, kept + (n if days <= promised else 0)
    return found


def _ratings(month: date, end: date) -> dict[UUID, tuple[int, int]]:
    """Return {area: (how many, sum of stars)} of the ratings first given in the month."""
    rows = Rating.objects.filter(at__range=_moments(month, end)).order_by().values_list("order__service_area")
    return {area: (n, stars) for area, n, stars in rows.annotate(n=Count("pk"), stars=Sum("stars"))}


def _stages(month: date, end: date) -> dict[UUID, dict[str, dict[str, int]]]:
    """Return {area: {state: what MonthFigure.stages holds of it}}; each round of an order counts as a stay."""
    stays: dict[tuple[UUID, str], Counter[int]] = defaultdict(Counter)
    rows = StageTime.objects.filter(ended_on__gte=month, ended_on__lt=end, state__in=STAGES).order_by()
    for area, state, days, n in rows.values_list("area", "state", "days").annotate(n=Count("pk")):
        stays[area, state][days] += n
    found: dict[UUID, dict[str, dict[str, int]]] = defaultdict(dict)
    for area, state, orders in rows.values_list("area", "state").annotate(n=Count("order", distinct=True)):
        median, ninetieth = spread.middle_and_most(stays[area, state])
        found[area][state] = {"orders": orders, "median": median, "ninetieth": ninetieth}
    return found


def _moments(month: date, end: date) -> tuple[datetime, datetime]:
    """Return the first and the last moment of a month."""
    first, after = (timezone.make_aware(datetime.combine(day, time.min)) for day in (month, end))
    return first, after - timedelta(microseconds=1)
