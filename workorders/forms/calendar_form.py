"""A year's list of holidays and 调休, pasted as lines."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bandian.text import plain
from bandian.text.fields import PlainField
from workorders.models import CalendarDay

WORDS = {"放假": False, "休": False, "上班": True, "班": True}
MOST_LINES = 1000
_LINE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[\s,，;；]+(放假|上班|休|班)(?:[\s,，;；]+(.*))?")


class CalendarListForm(forms.Form):
    lines = PlainField(
        label="名单",
        widget=forms.Textarea(
            attrs={"rows": 16, "cols": 60, "placeholder": "2027-02-06 放假 除夕\n2027-02-14 上班 春节调休"}
        ),
        max_length=60_000,
        required=False,
        help_text="每行一天：日期、放假或上班、说明（可不填），以空格、逗号或制表符分隔；# 开头的行不算",
    )
    file = forms.FileField(
        label="或上传文本文件",
        required=False,
        help_text="UTF-8 或 GBK 编码的 .txt、.csv，不超过 64 KB",
        widget=forms.FileInput(attrs={"accept": ".txt,.csv,text/plain,text/csv"}),
    )

    def clean_file(self) -> str:
        upload = self.cleaned_data["file"]
        if upload and upload.size > 64 * 1024:
            raise ValidationError("文件超过 64 KB，请只保留名单。")
        return plain.text(_decode(upload.read())) if upload else ""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        lines = f"{cleaned['lines']}\n{cleaned['file']}".splitlines()
        rows, problems = {}, []
        for number, line in enumerate(lines[: MOST_LINES + 1], start=1):
            if not line.strip() or line.strip().startswith("#"):
                continue
            try:
                row = _read(line.strip())
            except ValidationError as error:
                problems.append(f"第 {number} 行“{line.strip()[:40]}”：{error.message}")
                continue
            if row.day in rows and rows[row.day].is_working != row.is_working:
                problems.append(
                    f"第 {number} 行：{row.day} 前面已写为{'上班' if rows[row.day].is_working else '放假'}。"
                )
            rows[row.day] = row
        if len(lines) > MOST_LINES:
            problems.append(f"名单超过 {MOST_LINES} 行，请分几次导入。")
        if not rows and not problems:
            problems.append("请粘贴名单，或选择文件。")
        if problems:
            raise ValidationError(problems[:10])
        return {**cleaned, "rows": list(rows.values())}

    def save(self) -> list[int]:
        """Write the days, over those that are there; return the years they are in."""
        CalendarDay.objects.bulk_create(
            self.cleaned_data["rows"],
            update_conflicts=True,
            unique_fields=["day"],
            update_fields=["is_working", "note"],
        )
        return sorted({row.day.year for row in self.cleaned_data["rows"]})


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError("读不出文字，请另存为 UTF-8 编码的文本文件。")


def _read(line: str) -> CalendarDay:
    found = _LINE.fullmatch(line)
    if not found:
        raise ValidationError("请按“2027-02-06 放假 除夕”的格式填写。")
    year, month, day, word, note = found.groups()
    try:
        when = date(int(year), int(month), int(day))
    except ValueError as error:
        raise ValidationError("没有这一天，请核对日期。") from error
    return CalendarDay(day=when, is_working=WORDS[word], note=(note or "").strip()[:60])
