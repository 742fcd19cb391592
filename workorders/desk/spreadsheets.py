"""Tables for spreadsheets, in which no cell becomes a formula."""

import csv

from django.http import StreamingHttpResponse

# What spreadsheet programs take for the start of a formula (OWASP CSV Injection), also in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BOM = "\ufeff"  # without it Excel reads Chinese as something else


def cell(value):
    """Return a value as it may stand in a cell: numbers as they are, text that begins like a formula as text."""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text):
        return text


def csv_response(name, header, rows):
    """Stream rows as CSV under a file name without ending."""
    writer = csv.writer(_Line())

    def lines():
        yield _BOM + writer.writerow(map(cell, header))
        for row in rows:
            yield writer.writerow(map(cell, row))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
