"""What of the public figures a reader would like to see: one month of all units, or one unit in all months."""

from typing import Any

from django import forms

from workorders.figures.telling import TOTAL, Row


class FigureForm(forms.Form):
    month = forms.ChoiceField(label="月份", required=False)
    area = forms.ChoiceField(label="供电单位", required=False)

    def __init__(self, *args: Any, months: list[list[Row]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.months = {rows[0].month: rows for rows in months}
        names = {row.code: row.area for rows in reversed(months) for row in rows if not row.is_total}
        self.fields["month"].choices = [(month, rows[0].month_words) for month, rows in self.months.items()]
        self.fields["area"].choices = [("", TOTAL), *sorted(names.items())]

    def chosen(self) -> tuple[list[Row], bool]:
        """Return (rows, whether they are one unit's): of the latest month where nothing, or nonsense, was asked."""
        self.is_valid()
        if area := self.cleaned_data.get("area"):
            return [row for rows in self.months.values() for row in rows if row.code == area], True
        month = self.cleaned_data.get("month") or next(iter(self.months))
        return self.months[month], False
