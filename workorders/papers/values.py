"""How facts are written on a paper: dates, quantities with their units, choices; an empty one is a dash."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models.enums import Choices
from django.utils import timezone

from workorders.papers.lines import clean

NONE = "—"
# Keeps a number and its unit on one line.
_NBSP = "\u00a0"


def given(value: object) -> str:
    """Return the text, or a dash for an empty value."""
    return clean(value).strip() or NONE if value is not None else NONE


def day(value: date | None) -> str:
    """Return a date, or the local date of a time, as 2026年11月23日."""
    if not value:
        return NONE
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return f"{value.year}年{value.month}月{value.day}日"


def quantity(number: object, unit: str) -> str:
    return NONE if number is None else f"{number}{_NBSP}{unit}"


def choice(enumeration: type[Choices], value: object) -> str:
    """Return the label of a choice whether it comes from a form (text or number) or from a row."""
    if value in ("", None):
        return NONE
    kind = type(enumeration.values[0])
    return enumeration(kind(value)).label.replace(" ", _NBSP)


def yes_no(value: object, yes: str = "是", no: str = "否") -> str:
    return yes if value else no


def chinese(number: int) -> str:
    """Return a number from 1 to 99 in Chinese: 二十三."""
    digits = "一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return (digits[tens - 1] if tens > 1 else "") + "十" * bool(tens) + (digits[ones - 1] if ones else "")


def ticks(options: Iterable[str], chosen: str) -> str:
    """Return every option with its box, the chosen one ticked: ■ 合格　□ 不合格."""
    return "　　".join(f"{'■' if option == chosen else '□'} {option}" for option in options)
