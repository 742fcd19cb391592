"""What customers think: a rating once an order is archived, and the box for complaints and suggestions.

A complaint goes on until it is settled: its turns are rows that are only ever added. Whoever it is about is kept out of
it (`visible_to`): such a complaint is not on their lists, and not theirs to answer.
"""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.validators import PERSON_LENGTH
from workorders.models.service_area import ServiceArea
from workorders.models.service_choices import FeedbackKind, FeedbackState, Grievance, Level, Owed, TurnKind


class RatingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "RatingQuerySet":
        """Return what a member of staff may read: nobody reads the stars of an order of their own."""
        return self.exclude(order__manager=user) if _reads_the_box(user) else self.none()


class Rating(models.Model):
    order = models.OneToOneField(
        "workorders.WorkOrder", models.PROTECT, primary_key=True, related_name="rating", verbose_name="工单"
    )
    stars = models.PositiveSmallIntegerField("满意度", validators=[MinValueValidator(1), MaxValueValidator(5)])
    text = models.CharField("评价", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="评价人")
    at = models.DateTimeField("评价时间", auto_now_add=True)
    changed_at = models.DateTimeField("修改时间", auto_now=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "满意度评价"
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_of_one_to_five_stars")
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.stars} 星"


class FeedbackQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "FeedbackQuerySet":
        """Return what a member of staff may read: supervisors all but the complaints about themselves."""
        if not _reads_the_box(user):
            return self.none()
        own = Feedback.objects.filter(kind=FeedbackKind.COMPLAINT).order_by()
        # Two reads by index: together, "or" would read every one there is.
        about = own.filter(order__manager=user).values("pk").union(own.filter(accused=user).values("pk"))
        return self.exclude(pk__in=about)

    def awaiting(self, user: User) -> "FeedbackQuerySet":
        """Return what waits for this supervisor's answer: one who answered below is not the next level."""
        below = FeedbackTurn.objects.filter(
            feedback=OuterRef("pk"), kind=TurnKind.ANSWERED, by=user, level__lt=OuterRef("level")
        )
        waiting = self.visible_to(user).filter(state=FeedbackState.WAITING).exclude(Exists(below))
        return waiting.filter(Q(level__lt=Level.HEAD) | Q(area__head=user))


class Feedback(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("编号", max_length=14, unique=True, editable=False)
    kind = models.CharField("类型", max_length=12, choices=FeedbackKind)
    about = models.CharField("投诉事项", max_length=12, choices=Grievance, blank=True)
    order = models.ForeignKey(
        "workorders.WorkOrder", models.PROTECT, null=True, blank=True, related_name="feedback", verbose_name="相关工单"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="feedback", verbose_name="提交人")
    # Nobody of the house is told who wrote it.
    is_anonymous = models.BooleanField("匿名", default=False)
    # Whom the customer means, in their words, and which accounts that turned out to be.
    named = models.CharField("被投诉人姓名或工号", max_length=PERSON_LENGTH, blank=True)
    accused = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name="被投诉人")
    # Whose head answers at the last level.
    area = models.ForeignKey(ServiceArea, models.PROTECT, null=True, related_name="+", verbose_name="供电单位")
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    state = models.CharField("状态", max_length=10, choices=FeedbackState, default=FeedbackState.WAITING)
    level = models.PositiveSmallIntegerField("处理层级", choices=Level, default=Level.FIRST)
    # Since when an answer is awaited, or the customer's word on it.
    since = models.DateTimeField("进入当前状态的时间", default=timezone.now)
    due_on = models.DateField("答复期限")
    due_is_estimate = models.BooleanField("期限为暂估", default=False)
    # The last reminder that went out, by its kind and the date that it was about: none goes out twice.
    reminded = models.CharField("已提醒", max_length=20, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "意见与投诉"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["by", "-created_at", "-id"], name="feedback_by_customer"),
            models.Index(fields=["due_on"], condition=Q(state=FeedbackState.WAITING), name="feedback_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=FeedbackKind.COMPLAINT) & ~Q(about="") | ~Q(kind=FeedbackKind.COMPLAINT) & Q(about=""),
                name="complaint_is_about_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("workorders:feedback", args=[self.pk])

    def get_desk_url(self) -> str:
        """Return the path of its page at the desk."""
        return reverse("admin:workorders_feedback_change", args=[self.pk])

    @property
    def is_complaint(self) -> bool:
        return self.kind == FeedbackKind.COMPLAINT

    @property
    def owed(self) -> Owed:
        """What an answer to it is in the list of limits."""
        return Owed.COMPLAINT if self.is_complaint else Owed.FEEDBACK

    @property
    def text(self) -> str:
        """What was filed."""
        return next((turn.text for turn in self.turns.all() if turn.kind == TurnKind.FILED), "")

    @property
    def writer(self) -> str:
        """Who wrote it, as the desk is told."""
        return "匿名客户" if self.is_anonymous else self.by.name

    @property
    def state_words(self) -> str:
        """How it stands, with who has to act."""
        if self.state == FeedbackState.WAITING:
            return f"待{self.get_level_display()}答复"
        if self.is_complaint and self.state == FeedbackState.ANSWERED:
            return "已答复，待客户确认"
        return self.get_state_display()

    @property
    def due_words(self) -> str:
        """Until when an answer is owed, and whether that is an estimate."""
        estimate = "（暂估）" if self.due_is_estimate else ""
        return f"{self.due_on.year}年{self.due_on.month}月{self.due_on.day}日{estimate}"

    @property
    def is_late(self) -> bool:
        """Whether an answer was owed before today."""
        return self.state == FeedbackState.WAITING and self.due_on < timezone.localdate()


class FeedbackTurn(models.Model):
    """What was said or done in a complaint, by whom and when; rows are only ever added."""

    feedback = models.ForeignKey(Feedback, models.PROTECT, related_name="turns", verbose_name="意见与投诉")
    number = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("事项", max_length=10, choices=TurnKind)
    level = models.PositiveSmallIntegerField("处理层级", choices=Level, default=Level.FIRST)
    text = models.TextField("内容", max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "处理记录"
        ordering = ["feedback", "number"]
        constraints = [models.UniqueConstraint(fields=["feedback", "number"], name="one_turn_per_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"

    @property
    def is_customers(self) -> bool:
        """Whether who complained did it."""
        return self.by_id == self.feedback.by_id

    @property
    def who(self) -> str:
        """Who did it, as the desk is told."""
        return self.feedback.writer if self.is_customers else self.by.name


def _reads_the_box(user: User) -> bool:
    return user.is_active and (user.is_supervisor or user.is_superuser)
