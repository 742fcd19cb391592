"""Tables for spreadsheets, in which no cell becomes a formula."""

import csv
import re
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

# What spreadsheet programs take for the start of a formula (OWASP CSV Injection), also in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What a spreadsheet program would show as 2.61E+11, or without its leading zeros.
_LONG_NUMBER = re.compile(r"[0-9]{12,}|0[0-9]+|[0-9]+[Ee][0-9]+")
_BOM = "\ufeff"  # without it Excel reads Chinese as something else

Cell = str | int | float


def cell(value: object) -> Cell:
    """Return a value as it may stand in a cell: numbers as they are, text that begins like a formula as text."""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv_cell(value: object) -> Cell:
    """Return a cell whose long number is the text that a formula of nothing else gives: CSV knows no types."""
    shown = cell(value)
    return f'="{shown}"' if isinstance(shown, str) and _LONG_NUMBER.fullmatch(shown) else shown


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_response(name: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """Stream rows as CSV under a file name without ending."""
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield _BOM + writer.writerow(map(cell, header))
        for row in rows:
            yield writer.writerow(map(_csv_cell, row))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
