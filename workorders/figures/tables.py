"""The told rows as a table for spreadsheets and as data for programs."""

from collections.abc import Iterator
from typing import Any

from workorders.figures.telling import LEAST, NOT_TOLD, STAGES, WITHHELD, Days, Row

_DAYS = ("中位数（工作日）", "九成不超过（工作日）")
HEADER = (
    "月份", "供电单位", "收到申请（件）", "送电（件）", *(f"全程用时{words}" for words in _DAYS), "承诺内送电（%）",
    "满意度（星）", *(f"{stage}{words}" for stage in STAGES.values() for words in _DAYS),
)  # fmt: skip
NOTE = (
    f"每月结束后统计一次，不再变动。少于 {LEAST} 件的数字和据其计算的结果不公布（null），各单位数字都公布时才给出合计。"
    "用时按供电企业办理的工作日计，客户办理和补正期间不计；以当月办结的为准。"
)


def lines(months: list[list[Row]]) -> Iterator[list[Any]]:
    """Yield a line of HEADER's columns for each row; what is withheld in words."""
    for row in (row for rows in months for row in rows):
        days = [row.whole, *(row.stages.get(stage) for stage in STAGES)]
        times = [cell for each in days for cell in ((each.median, each.ninetieth) if each else (None, None))]
        whole, stages = times[:2], times[2:]
        cells = [row.received, row.energised, *whole, row.share, row.stars, *stages]
        yield [row.month, row.area, *(row.words if cell is None else cell for cell in cells)]


def data(months: list[list[Row]]) -> dict[str, Any]:
    """Return all rows by month; what is withheld is None."""
    return {
        "title": "办电公示",
        "note": NOTE,
        "withheld": {"area": WITHHELD, "total": NOT_TOLD, "least": LEAST},
        "units": {
            "received": "件",
            "energised": "件",
            "whole": "工作日",
            "stages": "工作日",
            "share": "%",
            "stars": "星",
        },
        "months": [{"month": rows[0].month, "areas": [_area(row) for row in rows]} for rows in months],
    }


def _area(row: Row) -> dict[str, Any]:
    named = {"area": row.area, "code": row.code or None, "received": row.received, "energised": row.energised}
    figures = {"whole": _days(row.whole), "share": row.share, "stars": row.stars}
    return named | figures | {"stages": {STAGES[state]: _days(days) for state, days in row.stages.items()}}


def _days(days: Days | None) -> dict[str, int] | None:
    return {"median": days.median, "ninetieth": days.ninetieth} if days else None
