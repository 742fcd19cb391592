import uuid
from decimal import Decimal
from pathlib import PurePath
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.validators import PERSON_LENGTH
from files import checks
from signing.enums import Role
from signing.models import Document, Signature
from workorders import spans, tariffs
from workorders.enums import (
    AttachmentKind,
    BasicCharge,
    Metering,
    PaperKind,
    Stage,
    SupplyMode,
    Tariff,
    Verdict,
    Voltage,
)


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Store under a random name: what the customer called the file stays text in the row."""
    return f"attachments/{uuid.uuid4().hex}{PurePath(attachment.suffix)}"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def handed_in(self) -> Self:
        return self.exclude(submitted_at=None)

    def listed(self) -> Self:
        """Return what was handed in, the latest first, with all that a list of papers shows."""
        rows = self.handed_in().select_related("document").prefetch_related("attachments")
        return rows.order_by("-submitted_at")


class Submission(models.Model):
    """One round of papers that the customer hands in at a stage; a draft until `submitted_at` is set."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey("workorders.WorkOrder", models.PROTECT, related_name="submissions")
    stage = models.CharField("环节", max_length=20, choices=Stage)
    round = models.PositiveSmallIntegerField("轮次")
    intended_connection_on = models.DateField(
        "意向接电时间", null=True, blank=True, validators=[spans.validate_connection_day]
    )
    contact_name = models.CharField("企业联系人姓名", max_length=PERSON_LENGTH, blank=True)
    contact_phone = models.CharField("企业联系人电话", max_length=20, blank=True)
    partner_name = models.CharField("设计/施工联系人姓名", max_length=PERSON_LENGTH, blank=True)
    partner_phone = models.CharField("设计/施工联系人电话", max_length=20, blank=True)
    basic_charge = models.CharField("基本电费收费方式", max_length=20, choices=BasicCharge, blank=True)
    contract_demand = models.PositiveIntegerField("合同最大需量", null=True, blank=True, help_text="单位 kW")
    declared = models.BooleanField("已确认声明", default=False)
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="submission")
    # Hash over all that the document names: it is void once that has changed (workorders.papers).
    basis = models.CharField(max_length=64, blank=True, editable=False)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField("提交时间", null=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["order", "stage", "round"]
        constraints = [
            models.UniqueConstraint(fields=["order", "stage", "round"], name="one_submission_per_round"),
            models.CheckConstraint(
                condition=models.Q(basic_charge=BasicCharge.CONTRACT_DEMAND, contract_demand__gt=0)
                | (~models.Q(basic_charge=BasicCharge.CONTRACT_DEMAND) & models.Q(contract_demand=None))
                | models.Q(submitted_at=None),
                name="demand_only_where_contracted",
            ),
        ]
        verbose_name = verbose_name_plural = "报送资料"

    def __str__(self) -> str:
        return f"{self.get_stage_display()}（第 {self.round} 轮）"

    @property
    def is_draft(self) -> bool:
        return self.submitted_at is None

    def settle_basic_charge(self) -> None:
        """Drop what of the basic charge is not asked for; raise ValidationError, by field, for what is missing.

        The way to bill the capacity is chosen with the completion papers; a demand (kW) goes with one of the ways.
        """
        if self.stage != Stage.COMPLETION or not self.order.chooses_basic_charge:
            self.basic_charge = ""
        elif not self.basic_charge:
            raise ValidationError({"basic_charge": "请选择基本电费收费方式。"})
        if self.basic_charge != BasicCharge.CONTRACT_DEMAND:
            self.contract_demand = None
        elif problem := tariffs.demand_problem(self.order.plan.capacity, self.contract_demand):
            raise ValidationError({"contract_demand": problem})


class Attachment(models.Model):
    """A file the customer uploaded; it can be taken back until its submission is handed in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="attachments")
    kind = models.CharField("资料类型", max_length=30, choices=AttachmentKind)
    file = models.FileField("文件", upload_to=attachment_path)
    original_name = models.CharField("文件名", max_length=255)
    content_type = models.CharField("格式", max_length=40)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField(max_length=64)
    # Of the file as it came: what is kept was written anew.
    original_sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField("页数", default=1)
    notes = models.CharField("处理说明", max_length=200, blank=True)
    # Among the files of its kind in the round; equal ones stand as they came.
    place = models.PositiveIntegerField("次序", default=0)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        ordering = ["place", "uploaded_at", "id"]
        verbose_name = verbose_name_plural = "附件"

    def __str__(self) -> str:
        return self.original_name

    def get_absolute_url(self) -> str:
        return reverse("workorders:attachment", args=[self.submission.order_id, self.pk])

    @property
    def suffix(self) -> str:
        return {"application/pdf": ".pdf", "image/png": ".png"}.get(self.content_type, ".jpg")

    @property
    def download_name(self) -> str:
        """What the customer called the file, with the ending of what it is now."""
        return checks.with_ending(self.original_name, *{".jpg": (".jpg", ".jpeg")}.get(self.suffix, (self.suffix,)))

    @property
    def is_pdf(self) -> bool:
        return self.content_type == "application/pdf"


class PaperQuerySet(models.QuerySet["Paper"]):
    def with_signed(self) -> Self:
        """Add `signed`: whether the customer's signature stands on the paper."""
        return self.annotate(
            signed=Exists(Signature.objects.filter(field__document=OuterRef("document"), field__role=Role.CUSTOMER))
        )


class Paper(models.Model):
    """A paper that the utility issued for signing; every round is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey("workorders.WorkOrder", models.PROTECT, related_name="papers")
    kind = models.CharField("文书", max_length=30, choices=PaperKind)
    round = models.PositiveSmallIntegerField("轮次")
    document = models.OneToOneField(Document, models.PROTECT, related_name="paper")
    verdict = models.CharField("结论", max_length=10, choices=Verdict, blank=True)
    remarks = models.TextField("意见", max_length=2000, blank=True)
    mend_by = models.DateField("整改期限", null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="出具人")
    issued_at = models.DateTimeField("出具时间", auto_now_add=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ["issued_at"]
        constraints = [models.UniqueConstraint(fields=["order", "kind", "round"], name="one_paper_per_round")]
        verbose_name = verbose_name_plural = "文书"

    def __str__(self) -> str:
        return self.get_kind_display() + (f"（第 {self.round} 轮）" if self.round > 1 else "")

    def get_absolute_url(self) -> str:
        return reverse("workorders:document", args=[self.order_id, self.document_id])


class SupplyPlan(models.Model):
    """The technical terms of the supply plan in force; an earlier round's terms stay in its PDF and its event."""

    order = models.OneToOneField("workorders.WorkOrder", models.PROTECT, primary_key=True, related_name="plan")
    capacity = models.PositiveIntegerField("核定用电容量", help_text="单位 kVA")
    voltage = models.PositiveSmallIntegerField("供电电压", choices=Voltage)
    supply_mode = models.CharField("供电方式", max_length=10, choices=SupplyMode)
    source = models.CharField("电源接入点", max_length=200, help_text="变电站、线路及接入方式")
    demarcation = models.CharField("产权分界点", max_length=200)
    metering = models.CharField("计量方式", max_length=10, choices=Metering)
    tariff = models.CharField("电价制度", max_length=10, choices=Tariff)
    power_factor = models.DecimalField(
        "功率因数考核标准", max_digits=3, decimal_places=2, choices=[(Decimal(v), v) for v in ("0.90", "0.85", "0.80")]
    )
    fees = models.CharField("业务费用", max_length=200, blank=True, help_text="没有则不填")

    class Meta:
        verbose_name = verbose_name_plural = "供电方案"

    def __str__(self) -> str:
        return f"{self.capacity} kVA · {self.get_voltage_display()}"

    @property
    def obliges_design_review(self) -> bool:
        """Whether the customer is more than an ordinary one (普通客户), whose design has to be reviewed."""
        application = self.order.application
        return (
            application.is_critical
            or application.nonlinear_load
            or self.voltage >= Voltage.KV35
            or self.supply_mode in (SupplyMode.DOUBLE, SupplyMode.MULTIPLE)
        )

    def check_terms(self, *, needs_design_review: bool) -> None:
        """Raise ValidationError, by field, for a tariff that the capacity does not allow, and for an obligatory design
        review that would be waived.
        """
        errors: dict[str, str] = {}
        allowed = tariffs.tariffs_for(self.capacity)
        if self.order.application.is_industrial and self.tariff not in allowed:
            errors["tariff"] = f"用电容量 {self.capacity} kVA 的工商业用电应执行{allowed[0].label}。"
        if self.obliges_design_review and not needs_design_review:
            errors["needs_design_review"] = "重要客户、35 kV 及以上、双（多）电源或有特殊负荷的客户必须审核设计文件。"
        if errors:
            raise ValidationError(errors)
