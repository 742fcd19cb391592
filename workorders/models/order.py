import uuid
from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django_fsm import ConcurrentTransitionMixin

from accounts.models import User
from accounts.validators import PERSON_LENGTH
from workorders.enums import ContractMethod, Stage, State, Tariff, Turn, Verdict
from workorders.models.machine import Journey
from workorders.models.paperwork import Paper
from workorders.models.service_area import ServiceArea
from workorders.models.step import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django_fsm import Transition

    from workorders.hooks import Words
    from workorders.journey.setbacks import Setback
    from workorders.limits.deadlines import Remaining
    from workorders.limits.promise import Total
    from workorders.models.event import Event

NEVER = date(9999, 12, 31)
RUNNING = Q(state__in=State.open_states)
PROMISED = Q(promise_on__isnull=False)


class WorkOrderQuerySet(models.QuerySet["WorkOrder"]):
    def visible_to(self, user: User) -> Self:
        """Return the orders a user may see; everything else is a 404 to them.

        Customers see what they filed and what names their own proven phone as the handling person's (进度查询);
        managers their service areas' orders; supervisors all. A draft is the customer's alone.
        """
        if user.is_supervisor:
            return self.exclude(state=State.DRAFT)
        if user.is_manager:
            return self.exclude(state=State.DRAFT).filter(service_area__in=user.service_areas.all())
        if user.is_customer:
            # Two reads by index: together, "or" would read every order there is.
            filed = self.model.objects.filter(customer=user)
            handled = self.model.objects.filter(application__handler_phone=user.phone).exclude(state=State.DRAFT)
            return self.filter(pk__in=filed.order_by().values("pk").union(handled.order_by().values("pk")))
        return self.none()

    def open(self) -> Self:
        return self.exclude(state__in=State.closed_states)

    def running(self) -> Self:
        """Return the orders that the utility has got and that are not closed."""
        return self.filter(RUNNING)

    def closed(self) -> Self:
        return self.filter(state__in=State.closed_states)

    def awaiting(self, turn: str) -> Self:
        """Return the orders whose next move is the customer's or the utility's."""
        return self.filter(state__in=State.customer_states if turn == Turn.CUSTOMER else State.utility_states)


class WorkOrder(ConcurrentTransitionMixin, Journey):
    """One high-voltage new connection (高压新装), from the draft to the archive."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Null, not "", until drawn: only nulls may repeat under a unique constraint.
    application_number = models.CharField("申请编号", max_length=14, unique=True, null=True, editable=False)  # noqa: DJ001
    number = models.CharField("工单编号", max_length=12, unique=True, null=True, editable=False)  # noqa: DJ001
    account_number = models.CharField("户号", max_length=13, unique=True, null=True, editable=False)  # noqa: DJ001
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders", verbose_name="客户")
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="managed_orders", verbose_name="客户经理"
    )
    service_area = models.ForeignKey(
        ServiceArea, models.PROTECT, null=True, related_name="orders", verbose_name="供电单位"
    )
    intended_survey_at = models.DateTimeField("意向勘察时间", null=True)
    survey_at = models.DateTimeField("预计上门时间", null=True)
    surveyor = models.CharField("勘察人员", max_length=PERSON_LENGTH, blank=True)
    needs_design_review = models.BooleanField("需要设计文件审核", default=True)
    needs_mid_inspection = models.BooleanField("需要中间检查", default=True)
    suggested_connection_on = models.DateField("建议接电时间", null=True)
    # The last day on which the signed supply plan binds; null before it is signed.
    plan_expires_on = models.DateField("供电方案有效期至", null=True)
    contract_method = models.CharField("合同签订方式", max_length=10, choices=ContractMethod, blank=True)
    energised_on = models.DateField("送电日期", null=True)
    meter_reading = models.DecimalField("电能表示数（kWh）", max_digits=12, decimal_places=2, null=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    submitted_at = models.DateTimeField("申请时间", null=True)
    accepted_at = models.DateTimeField("受理时间", null=True)
    entered_at = models.DateTimeField("进入当前状态的时间", auto_now_add=True)
    due_on = models.DateField("办理时限", null=True)
    # Dates to sort by: what has none comes last.
    sort_on = models.GeneratedField(
        expression=Coalesce("due_on", Value(NEVER)), output_field=models.DateField(), db_persist=True
    )
    due_is_estimate = models.BooleanField("时限为暂估", default=False)
    # The whole clock (limits.promise): what finished turns used, what is promised (null of a draft), and the date on
    # which that runs out, null while it is not the utility's turn.
    used_days = models.PositiveSmallIntegerField("已用（工作日）", default=0, editable=False)
    promised_days = models.PositiveSmallIntegerField("承诺（工作日）", null=True, editable=False)
    promise_on = models.DateField("总时限", null=True, editable=False)
    event_count = models.PositiveIntegerField(default=0, editable=False)

    # Methods that the state's field adds.
    get_available_state_transitions: "Callable[[], Iterator[Transition]]"
    get_available_user_state_transitions: "Callable[[User], Iterator[Transition]]"
    # What a list gives its rows besides (limits.deadlines, journey.setbacks, desk.tabs).
    remaining: "Remaining | None"
    total: "Total | None"
    setback: "Setback | None"
    last_line: "Event | None"
    last_words: "Words | None"

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="order_by_customer"),
            models.Index(fields=["service_area", "-created_at", "-id"], name="order_by_area"),
            models.Index(fields=["-created_at", "-id"], name="order_by_age"),
            # The desk's tabs hold what runs, which stays few while the archive grows.
            models.Index(fields=["sort_on", "id"], condition=RUNNING, name="order_running"),
            models.Index(fields=["manager", "sort_on", "id"], condition=RUNNING, name="order_running_by_manager"),
            models.Index(fields=["service_area", "sort_on", "id"], condition=RUNNING, name="order_running_by_area"),
            models.Index(fields=["promise_on", "id"], condition=PROMISED, name="order_promised"),
            models.Index(
                fields=["service_area", "promise_on", "id"], condition=PROMISED, name="order_promised_by_area"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(number=None, account_number=None, manager=None)
                | Q(number__isnull=False, account_number__isnull=False, manager__isnull=False),
                name="accepted_order_has_number_and_manager",
            )
        ]
        verbose_name = verbose_name_plural = "办电工单"

    def __str__(self) -> str:
        return self.number or self.application_number or "草稿"

    def get_absolute_url(self) -> str:
        return reverse("workorders:order", args=[self.pk])

    def get_desk_url(self) -> str:
        """Return the path of the order's page at the desk."""
        return reverse("admin:workorders_workorder_change", args=[self.pk])

    @property
    def next_stage(self) -> Stage | None:
        """The stage to open after the last signed paper, by the two flags the supply plan set; None elsewhere."""
        if self.state == State.PLAN_SIGNED and self.needs_design_review:
            return Stage.DESIGN
        if self.state in (State.PLAN_SIGNED, State.DESIGN_OPINION_SIGNED) and self.needs_mid_inspection:
            return Stage.MID
        if self.state in (State.PLAN_SIGNED, State.DESIGN_OPINION_SIGNED, State.MID_NOTICE_SIGNED):
            return Stage.COMPLETION
        return None

    @property
    def is_paused(self) -> bool:
        """Whether the utility's clock stands still until the customer answers a request: else it has a due date."""
        return self.state in State.utility_states and self.due_on is None

    @property
    def turn(self) -> Turn:
        return Turn.CUSTOMER if self.is_paused else State(self.state).turn

    @property
    def is_open(self) -> bool:
        return self.state not in State.closed_states

    @property
    def standing(self) -> str:
        """How it stands in words: its state, and while the scan of a stamped contract is looked at, that."""
        return self.scan_words if self.state == State.CONTRACT_SIGNED and self.scan_words else self.get_state_display()

    @property
    def scan_words(self) -> str:
        """How the scan of a stamped contract stands; empty where the contract was not handed in as one."""
        if self.contract_method != ContractMethod.SCAN:
            return ""
        return "盖章扫描件审核中" if self.state == State.CONTRACT_SIGNED else "已签（盖章扫描件）"

    @property
    def chooses_basic_charge(self) -> bool:
        """Whether the customer chooses how the capacity is billed: where the plan's tariff has two parts."""
        return self.plan.tariff == Tariff.TWO_PART

    def is_due(self, *steps: str) -> bool:
        """Whether one of the steps, by name, may be taken in the present state."""
        return any(each.name in steps for each in self.get_available_state_transitions())

    def paper(self, kind: str) -> Paper | None:
        """Return the latest round of a paper, or None where it has not been issued."""
        return self.papers.filter(kind=kind).select_related("document").order_by("round").last()

    def issued(self, kind: str) -> Paper:
        """Return the latest round of a paper that has been issued; raises Paper.DoesNotExist for one that has not."""
        return self.papers.filter(kind=kind).select_related("document").latest("round")

    def has_passed(self, kind: str) -> bool:
        """Whether the latest round of an opinion says 合格."""
        return self.papers.filter(kind=kind).latest("round").verdict == Verdict.PASS


# The steps by name, in the order of the journey.
STEPS: dict[str, Step] = {
    each.name: each.custom["step"] for each in WorkOrder._meta.get_field("state").get_all_transitions(WorkOrder)
}
