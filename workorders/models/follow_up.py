"""回访: what the customer says on the telephone once an order is archived."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.validators import PERSON_LENGTH, mask_phone, validate_person_name, validate_phone
from workorders.models.service_choices import CallOutcome, FollowUpState, Satisfaction


class FollowUpQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "FollowUpQuerySet":
        """Return what a supervisor may see: whose order it was asks nobody how they did."""
        if not (user.is_active and (user.is_supervisor or user.is_superuser)):
            return self.none()
        return self.exclude(order__manager=user)

    def waiting(self) -> "FollowUpQuerySet":
        return self.filter(state=FollowUpState.WAITING)


class FollowUp(models.Model):
    """That an archived order's customer is to be called, until when, and how that stands."""

    order = models.OneToOneField(
        "workorders.WorkOrder", models.PROTECT, primary_key=True, related_name="follow_up", verbose_name="工单"
    )
    archived_at = models.DateTimeField("归档时间", default=timezone.now)
    due_on = models.DateField("回访期限")
    due_is_estimate = models.BooleanField("期限为暂估", default=False)
    state = models.CharField("状态", max_length=10, choices=FollowUpState, default=FollowUpState.WAITING)
    ended_at = models.DateTimeField("完成时间", null=True)
    # The last reminder that went out, as in Feedback.
    reminded = models.CharField("已提醒", max_length=20, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "回访"
        ordering = ["due_on", "order"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state=FollowUpState.WAITING), name="follow_up_waiting"),
            models.Index(fields=["archived_at"], name="follow_up_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.order} 回访"

    def get_desk_url(self) -> str:
        """Return the path of its page at the desk."""
        return reverse("admin:workorders_followup_change", args=[self.pk])

    @property
    def due_words(self) -> str:
        """Until when the call is owed, and whether that is an estimate."""
        estimate = "（暂估）" if self.due_is_estimate else ""
        return f"{self.due_on.year}年{self.due_on.month}月{self.due_on.day}日{estimate}"

    @property
    def is_late(self) -> bool:
        """Whether the call was owed before today."""
        return self.state == FollowUpState.WAITING and self.due_on < timezone.localdate()

    @property
    def last_call(self) -> "FollowUpCall | None":
        """The latest attempt, of those that were prefetched where they were."""
        return next(reversed([*self.calls.all()]), None)


class FollowUpCall(models.Model):
    """One attempt to call: who called whom, when, and what was said; rows are only ever added."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="calls", verbose_name="回访")
    number = models.PositiveSmallIntegerField("序号")
    # Made after the follow-up was done, to see whether it says what the customer says.
    is_check = models.BooleanField("抽查", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="回访人")
    at = models.DateTimeField("时间", default=timezone.now)
    # The two that go when the person's account is closed.
    contact_name = models.CharField("受访人", max_length=PERSON_LENGTH, validators=[validate_person_name])
    contact_phone = models.CharField("受访人电话", max_length=11, validators=[validate_phone])
    outcome = models.CharField("结果", max_length=10, choices=CallOutcome)
    speed = models.CharField("对办理时长", max_length=10, choices=Satisfaction, blank=True)
    attitude = models.CharField("对人员态度", max_length=10, choices=Satisfaction, blank=True)
    was_designated = models.BooleanField("有人指定设计、施工或供货单位", null=True)
    designated = models.CharField("谁指定了哪家单位", max_length=500, blank=True)
    was_charged = models.BooleanField("有规定以外的收费", null=True)
    charged = models.CharField("谁收了什么费用", max_length=500, blank=True)
    advice = models.CharField("建议和备注", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "回访记录"
        ordering = ["follow_up", "number"]
        constraints = [models.UniqueConstraint(fields=["follow_up", "number"], name="one_call_per_number")]

    def __str__(self) -> str:
        return f"第 {self.number} 次 {self.get_outcome_display()}"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.contact_phone) if self.contact_phone else "已删除"
