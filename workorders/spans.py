"""Which dates and numbers are plausible; models, inputs and forms ask it alike, and it says so in words."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone

# A connection point, in kVA: the largest is a plant at 220 kV.
MAX_CAPACITY = 2_000_000
# Own generation, in kW.
MAX_GENERATION = 2_000_000
# What a meter shows, in kWh.
MAX_READING = Decimal("99999999.99")
CONNECTION_YEARS = 5
MEND_DAYS = 366
ANSWER_DAYS = 366
TERM_YEARS = (1, 10)


def check_days(field: str, label: str, day: date, first: date, last: date) -> None:
    """Raise ValidationError for a day that lies before `first` or after `last`."""
    if not first <= day <= last:
        raise ValidationError({field: f"{label}请填写 {_words(first)}至 {_words(last)}之间的日期。"})


def check_number(field: str, label: str, value: int | Decimal, least: int, most: int | Decimal, unit: str) -> None:
    """Raise ValidationError for a number outside of what is plausible."""
    if not least <= value <= most:
        raise ValidationError({field: f"{label}请填写 {least:,} 至 {most:,} {unit}之间的数值，请核对数字和单位。"})


def validate_connection_day(day: date) -> None:
    """Accept the day from which somebody would like power: from today on, CONNECTION_YEARS ahead at most."""
    first, last = connection_days()
    if not first <= day <= last:
        raise ValidationError(f"接电时间请填写今天起 {CONNECTION_YEARS} 年内的日期。", code="span")


def check_connection_day(field: str, day: date) -> None:
    """Raise ValidationError, by field, where `validate_connection_day` does."""
    try:
        validate_connection_day(day)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from error


def connection_days() -> tuple[date, date]:
    """Return the first and the last day that `validate_connection_day` accepts."""
    today = timezone.localdate()
    return today, today + timedelta(days=366 * CONNECTION_YEARS)


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
