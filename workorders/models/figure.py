"""What is told in public of each supply unit and month (办电公示)."""

from django.db import models

from workorders.models.service_area import ServiceArea


class MonthFigure(models.Model):
    """What a supply unit did in a month: counted once, after its end, and not again (see workorders.figures).

    It holds all that was counted; what is too little to be told is withheld where it is told. Days are working days.
    """

    month = models.DateField("月份", help_text="当月第一天")
    area = models.ForeignKey(ServiceArea, models.CASCADE, related_name="figures", verbose_name="供电单位")
    received = models.PositiveIntegerField("收到申请")
    energised = models.PositiveIntegerField("送电")
    kept = models.PositiveIntegerField("承诺内送电")
    median = models.PositiveSmallIntegerField("全程用时，半数不超过", null=True)
    ninetieth = models.PositiveSmallIntegerField("全程用时，九成不超过", null=True)
    ratings = models.PositiveIntegerField("评价数")
    stars = models.PositiveIntegerField("评价星数合计")
    # By state: how many orders left it, and the days that half and nine in ten of their stays did not exceed.
    stages = models.JSONField("各环节", default=dict)
    counted_at = models.DateTimeField("统计时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "办电公示"
        ordering = ["-month", "area"]
        constraints = [models.UniqueConstraint(fields=["month", "area"], name="one_figure_per_month_and_area")]

    def __str__(self) -> str:
        return f"{self.area} {self.month:%Y-%m}"
