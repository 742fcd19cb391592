"""Tables of figures, and bar charts of them as SVG, drawn on the server: they print, need no script, and say their
figures in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join

# Units of the view box; the page scales it.
WIDTH = 640
_ROW, _BAR = 30, 18
_LABEL, _VALUE = 190, 70


@dataclass(frozen=True)
class Table:
    """One chart's figures: columns of words and numbers, the first naming the row."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


def bars(title: str, rows: Sequence[tuple[str, float]], *, most: float | None = None, unit: str = "") -> str:
    """Return horizontal bars for rows of (label, number); `most` is the full width, by default the largest."""
    most = most or max((number for _, number in rows), default=0) or 1
    room = WIDTH - _LABEL - _VALUE
    height = _ROW * len(rows)
    parts = (
        (
            _LABEL - 8,
            place * _ROW + 20,
            label,
            _LABEL,
            place * _ROW + 6,
            round(room * min(number, most) / most, 1),
            _BAR,
            _LABEL + round(room * min(number, most) / most, 1) + 6,
            place * _ROW + 20,
            number,
            unit,
        )
        for place, (label, number) in enumerate(rows)
    )
    drawn = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="{}" rx="3"></rect>'
        '<text x="{}" y="{}" class="chart__value">{}{}</text>',
        parts,
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', WIDTH, height, title, drawn
    )
