from django.db import models

from workorders.enums import State
from workorders.models.service_area import ServiceArea


class StageTime(models.Model):
    """How long the utility held an order in one state: written when it leaves, for the overview."""

    order = models.ForeignKey("workorders.WorkOrder", models.CASCADE, related_name="times", verbose_name="工单")
    area = models.ForeignKey(ServiceArea, models.PROTECT, null=True, related_name="+", verbose_name="供电单位")
    state = models.CharField("环节", max_length=30, choices=State)
    started_on = models.DateField("开始日期")
    ended_on = models.DateField("办结日期")
    days = models.PositiveSmallIntegerField("用时（工作日）")
    is_late = models.BooleanField("超期")

    class Meta:
        verbose_name = verbose_name_plural = "环节用时"
        ordering = ["ended_on", "id"]
        indexes = [models.Index(fields=["ended_on", "area", "state"], name="stage_time_by_day")]

    def __str__(self) -> str:
        return f"{self.order} {self.get_state_display()} {self.days}"
