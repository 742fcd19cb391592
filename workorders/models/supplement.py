import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from workorders import spans
from workorders.enums import RequestKind, RequestState, Stage, State


class SupplementRequestQuerySet(models.QuerySet["SupplementRequest"]):
    def waiting(self) -> Self:
        """Return the requests that the customer has yet to answer, of orders that still run."""
        return self.filter(state=RequestState.OPEN).exclude(order__state__in=State.closed_states)


class SupplementRequest(models.Model):
    """What the manager asks of the customer besides the steps (补正): why, until when, and how it was answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey("workorders.WorkOrder", models.PROTECT, related_name="requests", verbose_name="工单")
    kind = models.CharField("类型", max_length=10, choices=RequestKind)
    attachment_kind = models.CharField(
        "资料", max_length=30, blank=True, choices=[(kind, kind.label) for kind in Stage.APPLICATION.kinds]
    )
    text = models.CharField("要求和原因", max_length=500)
    due_on = models.DateField("期限")
    # The work depends on the answer: until it is there, the utility's limit does not run (see deadlines).
    pauses = models.BooleanField("补正期间暂停办理时限", default=True)
    state = models.CharField("状态", max_length=10, choices=RequestState, default=RequestState.OPEN)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    answer = models.CharField("答复", max_length=1000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    ended_at = models.DateTimeField("办结时间", null=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)

    objects = SupplementRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补正要求"
        ordering = ["asked_at", "id"]
        indexes = [models.Index(fields=["order"], condition=models.Q(state=RequestState.OPEN), name="request_waiting")]

    def __str__(self) -> str:
        return self.get_attachment_kind_display() or self.get_kind_display()

    def get_absolute_url(self) -> str:
        return reverse("workorders:request", args=[self.order_id, self.pk])

    def clean(self) -> None:
        """Drop the kind of paper where no paper is asked for; raise ValidationError for a day that is over."""
        if self.kind != RequestKind.PAPER:
            self.attachment_kind = ""
        today = timezone.localdate()
        if self.due_on and self.due_on < today:
            raise ValidationError({"due_on": "期限不能早于今天。"})
        if self.due_on:
            spans.check_days("due_on", "期限", self.due_on, today, today + timedelta(days=spans.ANSWER_DAYS))
