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


class WholeTime(models.Model):
    """How long the utility took over all its turns: written when an order is archived, for the overview and the public
    figures.
    """

    order = models.OneToOneField(
        "workorders.WorkOrder", models.CASCADE, primary_key=True, related_name="whole_time", verbose_name="工单"
    )
    area = models.ForeignKey(ServiceArea, models.PROTECT, null=True, related_name="+", verbose_name="供电单位")
    applied_on = models.DateField("申请日期")
    energised_on = models.DateField("送电日期")
    ended_on = models.DateField("归档日期")
    days = models.PositiveSmallIntegerField("用时（工作日）")
    promised = models.PositiveSmallIntegerField("承诺（工作日）")
    calendar_days = models.PositiveSmallIntegerField("申请到送电（天）")

    class Meta:
        verbose_name = verbose_name_plural = "全程用时"
        ordering = ["ended_on", "order"]
        indexes = [models.Index(fields=["ended_on", "area"], name="whole_time_by_day")]

    def __str__(self) -> str:
        return f"{self.order} {self.days}/{self.promised}"
