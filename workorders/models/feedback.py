"""What customers think: a rating once an order is archived, and the box for complaints and suggestions."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from workorders.enums import FeedbackKind, FeedbackState


class Rating(models.Model):
    order = models.OneToOneField(
        "workorders.WorkOrder", models.PROTECT, primary_key=True, related_name="rating", verbose_name="工单"
    )
    stars = models.PositiveSmallIntegerField("满意度", validators=[MinValueValidator(1), MaxValueValidator(5)])
    text = models.CharField("评价", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="评价人")
    at = models.DateTimeField("评价时间", auto_now_add=True)
    changed_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "满意度评价"
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_of_one_to_five_stars")
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.stars} 星"


class Feedback(models.Model):
    # Working days until an answer is owed (供电监管办法 art. 26 gives complaints ten).
    ANSWER_DAYS = 10

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("编号", max_length=14, unique=True, editable=False)
    kind = models.CharField("类型", max_length=12, choices=FeedbackKind)
    text = models.TextField("内容", max_length=2000)
    order = models.ForeignKey(
        "workorders.WorkOrder", models.PROTECT, null=True, blank=True, related_name="feedback", verbose_name="相关工单"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="feedback", verbose_name="提交人")
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    due_on = models.DateField("答复期限")
    due_is_estimate = models.BooleanField("期限为暂估", default=False)
    state = models.CharField("状态", max_length=10, choices=FeedbackState, default=FeedbackState.WAITING)
    answer = models.TextField("答复", max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "意见与投诉"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["by", "-created_at", "-id"], name="feedback_by_customer"),
            models.Index(fields=["due_on"], condition=Q(state=FeedbackState.WAITING), name="feedback_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("workorders:feedback", args=[self.pk])

    @property
    def due_words(self) -> str:
        """Until when an answer is owed, and whether that is an estimate."""
        estimate = "（暂估）" if self.due_is_estimate else ""
        return f"{self.due_on.year}年{self.due_on.month}月{self.due_on.day}日{estimate}"
