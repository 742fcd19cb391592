"""The utility's limits, promises and calendar, as supervisors edit them, and the reminders that went out."""

from django.core.exceptions import ValidationError
from django.db import models

from workorders.enums import State, SupplyMode
from workorders.models.service_area import ServiceArea
from workorders.models.service_choices import Owed

_TWICE = "同样条件的时限已经有一条，请修改原来的那条。"


class Days(models.Model):
    """Working days for the orders of an area, a supply mode, from a voltage on: the most specific row that fits wins
    (see limits.rules).
    """

    area = models.ForeignKey(
        ServiceArea, models.CASCADE, null=True, blank=True, related_name="%(class)ss", verbose_name="供电单位"
    )
    supply_mode = models.CharField("供电方式", max_length=10, choices=SupplyMode, blank=True)
    min_voltage = models.PositiveSmallIntegerField("适用电压（kV 及以上）", default=0, help_text="0 表示不限电压")
    days = models.PositiveSmallIntegerField("时限（工作日）")

    class Meta:
        abstract = True


def _rows_of(name: str, *fields: str) -> list[models.BaseConstraint]:
    """Return the constraints of a kind of rows: one per case, and days that can be."""
    return [
        models.UniqueConstraint(
            fields=["area", *fields], name=f"one_{name}_per_case_of_an_area", violation_error_message=_TWICE
        ),
        models.UniqueConstraint(
            fields=[*fields],
            condition=models.Q(area=None),
            name=f"one_{name}_per_case_elsewhere",
            violation_error_message=_TWICE,
        ),
        models.CheckConstraint(
            condition=models.Q(days__gte=1, days__lte=366),
            name=f"{name}_days_in_range",
            violation_error_message="时限请填写 1 至 366 个工作日。",
        ),
    ]


class Limit(Days):
    """A limit in working days for a state of the utility, or for an answer."""

    state = models.CharField("环节", max_length=30, choices=[*State.choices, *Owed.choices])

    class Meta:
        verbose_name = verbose_name_plural = "办理时限"
        ordering = ["area", "state", "supply_mode", "min_voltage"]
        constraints = _rows_of("limit", "state", "supply_mode", "min_voltage")

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.days} 个工作日"

    def clean(self) -> None:
        """Refuse terms of a supply for what is owed whatever the supply is."""
        if self.state in Owed.values and (self.supply_mode or self.min_voltage):
            raise ValidationError(f"{self.get_state_display()}的时限不分供电方式和电压，请选“不限”、填 0。")


class Promise(Days):
    """What the utility promises for all its turns together (总时限), in working days."""

    class Meta:
        verbose_name = verbose_name_plural = "总时限"
        ordering = ["area", "supply_mode", "min_voltage"]
        constraints = _rows_of("promise", "supply_mode", "min_voltage")

    def __str__(self) -> str:
        return f"总时限 {self.days} 个工作日"


class Reminder(models.Model):
    """That a reminder went out: one row per order, kind and what it was about, so that none goes out twice."""

    order = models.ForeignKey("workorders.WorkOrder", models.CASCADE, related_name="reminders")
    kind = models.CharField("提醒", max_length=20)
    key = models.CharField("事由", max_length=60, help_text="同一事由只提醒一次")
    sent_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "提醒"
        constraints = [models.UniqueConstraint(fields=["order", "kind", "key"], name="one_reminder_per_cause")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class CalendarDay(models.Model):
    """A day that differs from what the published calendar, or the weekday, says (节假日和调休)."""

    day = models.DateField("日期", primary_key=True)
    is_working = models.BooleanField("上班")
    note = models.CharField("说明", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.is_working else '放假'}"
