"""A region of any level as three lists, one below the other, as customers choose theirs."""

from typing import Any

from django import forms
from django.urls import reverse_lazy

from workorders import regions

_LEVELS = ("全省（自治区、直辖市）", "全市（州）", "全区县")


class RegionSelect(forms.MultiWidget):
    """Province, city and district; what stays open counts as the whole of the level above."""

    template_name = "workorders/forms/region_select.html"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__([forms.Select({"data-level": level}) for level in range(3)], attrs)

    def decompress(self, value: str | None) -> list[str]:
        """Return the codes of the three levels that a code consists of, the last ones empty."""
        found = regions.parents(value or "")
        return [*found, "", "", ""][:3]

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        chosen = value if isinstance(value, list) else self.decompress(value)
        above = ""
        for level, (widget, code) in enumerate(zip(self.widgets, chosen, strict=True)):
            options = regions.children(above) if above or level == 0 else []
            widget.choices = [("", "请选择" if level == 0 else _LEVELS[level - 1]), *options]
            widget.attrs["aria-label"] = ("省（自治区、直辖市）", "市（州）", "区县")[level]
            above = code if code in dict(options) else ""
        context = super().get_context(name, chosen, attrs)
        context["widget"]["url"] = reverse_lazy("workorders:regions")
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """Return the code of the lowest level that is chosen and lies below the others."""
        deepest = ""
        for code in super().value_from_datadict(data, files, name):
            if not code or not code.startswith(deepest):
                break
            deepest = code
        return deepest


class RegionField(forms.CharField):
    """A code of a province, city or district (GB/T 2260)."""

    widget = RegionSelect

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not regions.parents(value):
            raise forms.ValidationError("没有这个地区，请重新选择。", code="region")
