from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from workorders.enums import State

# Lines of the trace that say who looked: they move nothing and make no page stale.
READINGS = ("read_papers", "read_id_number")


class EventQuerySet(models.QuerySet["Event"]):
    def steps(self) -> Self:
        """Return what was done to the order, without who looked at it."""
        return self.exclude(name__in=READINGS)


class Event(models.Model):
    """One line of the order's trace (工作痕迹): who did what when; rows are only ever added."""

    order = models.ForeignKey("workorders.WorkOrder", models.PROTECT, related_name="events")
    number = models.PositiveIntegerField("序号")
    name = models.CharField("动作", max_length=40)
    label = models.CharField("事项", max_length=40)
    note = models.TextField("说明", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    # Set by the flow, not by the database: the hash covers it.
    at = models.DateTimeField("时间")
    source = models.CharField("原状态", max_length=30, choices=State)
    target = models.CharField("新状态", max_length=30, choices=State)
    is_public = models.BooleanField("客户可见", default=True)
    data = models.JSONField("数据", default=dict, encoder=DjangoJSONEncoder)
    # See workorders.trace.chain: the hash over this line, and the one over the line before.
    previous_hash = models.CharField("上一条哈希", max_length=64, blank=True, editable=False)
    hash = models.CharField("哈希", max_length=64, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["order", "number"]
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="one_event_per_number")]
        verbose_name = verbose_name_plural = "工作痕迹"

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    @property
    def is_reading(self) -> bool:
        return self.name in READINGS
