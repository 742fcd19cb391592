"""Which days people work: the supervisors' rows first, then the published calendar, then the weekday (暂估).

A year is settled once the published calendar covers it, or the supervisors' rows hold its list of holidays. In any
other year Monday to Friday count but for the holidays of a fixed date, and what rests on them is an estimate.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, Self

import chinese_calendar

from workorders.models import CalendarDay

# Holidays on the same date every year (全国年节及纪念日放假办法, 2024): known before a year's list is published.
FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
# 元旦 and 国庆节 stand in every year's list, at its two ends: rows that hold both hold the whole list.
MARKS_OF_A_LIST = ((1, 1), (10, 1))


@dataclass(frozen=True)
class _Year:
    """Ordinals of a year's working days, and of the days about which that is an estimate; both ascending."""

    working: tuple[int, ...]
    guessed: tuple[int, ...]


class Calendar:
    """The days as they are known now; holds the years it was asked about."""

    def __init__(self, rows: Mapping[date, bool]) -> None:
        self._years: dict[int, _Year] = {}
        self._rows: dict[int, dict[date, bool]] = {}
        for day, works in rows.items():
            self._rows.setdefault(day.year, {})[day] = works

    @classmethod
    def current(cls) -> Self:
        """Return the calendar with the supervisors' rows of this moment: one query."""
        return cls(dict(CalendarDay.objects.values_list("day", "is_working")))

    def is_settled(self, year: int) -> bool:
        """Whether the holidays of a year are known, so that its dates are no estimates."""
        rows = self._rows.get(year, {})
        return _published(year) is not None or all(date(year, *mark) in rows for mark in MARKS_OF_A_LIST)

    def is_working(self, day: date) -> tuple[bool, bool]:
        """Return (whether people work that day, whether that is an estimate)."""
        year, number = self._year(day.year), day.toordinal()
        return _holds(year.working, number), _holds(year.guessed, number)

    def add(self, start: date, days: int) -> tuple[date, bool]:
        """Return (the date `days` working days after `start`, is_estimate); the start day does not count."""
        end, year = start.toordinal(), start.year
        while days:
            working = self._year(year).working
            first = bisect_right(working, end)
            if first + days <= len(working):
                end, days = working[first + days - 1], 0
            else:
                days -= len(working) - first
                year += 1
                end = date(year, 1, 1).toordinal() - 1
        due = date.fromordinal(end)
        return due, self._count("guessed", start, due) > 0

    def back(self, end: date, days: int) -> date:
        """Return the latest working day after which `days` working days come up to and with `end`."""
        last, year, wanted = end.toordinal(), end.year, days + 1
        while True:
            working = self._year(year).working
            count = bisect_right(working, last)
            if wanted <= count:
                return date.fromordinal(working[count - wanted])
            wanted, year = wanted - count, year - 1
            last = date(year, 12, 31).toordinal()

    def is_guessed(self, start: date, end: date) -> bool:
        """Whether what is counted after `start` up to and with `end` rests on days about which nothing is published."""
        return self._count("guessed", start, end) > 0

    def between(self, start: date, end: date) -> int:
        """Return the working days after `start` up to and with `end`, which must not lie before it."""
        return self._count("working", start, end)

    def _count(self, kind: Literal["working", "guessed"], start: date, end: date) -> int:
        total = 0
        for year in range(start.year, end.year + 1):
            days = getattr(self._year(year), kind)
            total += bisect_right(days, end.toordinal()) - bisect_right(days, start.toordinal())
        return total

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            self._years[year] = self._build(year)
        return self._years[year]

    def _build(self, year: int) -> _Year:
        rows, base = self._rows.get(year, {}), _published(year) or _by_weekday(year)
        if not rows and _published(year):
            return _Year(base, ())
        working = set(base) - {day.toordinal() for day in rows}
        working |= {day.toordinal() for day, works in rows.items() if works}
        guessed: Collection[int] = () if self.is_settled(year) else set(_days(year)) - {day.toordinal() for day in rows}
        return _Year(tuple(sorted(working)), tuple(sorted(guessed)))


def works(day: date) -> bool:
    """Whether people work on a day, as far as is known now; asks for the supervisors' rows."""
    return Calendar.current().is_working(day)[0]


def a_year_after(day: date) -> date:
    """Return the last day of a year's term that begins after `day` (民法典 art. 201 and 202)."""
    return day.replace(year=day.year + 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


def _holds(numbers: Sequence[int], number: int) -> bool:
    place = bisect_right(numbers, number)
    return place > 0 and numbers[place - 1] == number


def _days(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)


@lru_cache
def _published(year: int) -> tuple[int, ...] | None:
    """Return the working days of a year by the published calendar, None where it does not reach."""
    try:
        return tuple(number for number in _days(year) if chinese_calendar.is_workday(date.fromordinal(number)))
    except NotImplementedError:
        return None


@lru_cache
def _by_weekday(year: int) -> tuple[int, ...]:
    days = ((number, date.fromordinal(number)) for number in _days(year))
    return tuple(number for number, day in days if day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS)
