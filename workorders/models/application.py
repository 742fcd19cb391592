import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Sum

from accounts import documents
from accounts.enums import IdDocument
from accounts.models import Enterprise
from accounts.validators import (
    PERSON_LENGTH,
    credit_code_doubt,
    validate_credit_code,
    validate_person_name,
    validate_phone,
)
from bandian.db.crypto import EncryptedCharField
from workorders import regions, spans, tariffs
from workorders.enums import (
    Industry,
    LoadGrade,
    SupplyMode,
    Tariff,
    TransformerDuty,
    TransformerType,
    UsageCategory,
    Voltage,
)


class Application(models.Model):
    """What the customer declares in 企业新装; the utility never edits it.

    The fields follow the 高压客户用电登记表. Everything may be empty while the order is a draft: the form decides what
    a submission needs.
    """

    NEEDED = (
        "company", "credit_code", "region", "address", "usage_category", "industry", "has_transformer",
        "applied_capacity", "voltage", "supply_mode", "load_grade", "legal_name", "legal_id_number", "handler_name",
        "handler_id_number", "handler_phone",
    )  # fmt: skip

    PEOPLE = ("legal", "handler")

    order = models.OneToOneField("workorders.WorkOrder", models.CASCADE, primary_key=True, related_name="application")
    company = models.CharField("企业名称（户名）", max_length=Enterprise.NAME_LENGTH, blank=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True, validators=[validate_credit_code])
    region = models.CharField("用电地区", max_length=9, blank=True)
    address = models.CharField(
        "详细地址", max_length=120, blank=True, help_text="街道、道路、门牌号，决定由哪个供电单位服务"
    )
    postal_address = models.CharField("通信地址", max_length=120, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    usage_category = models.CharField("用电类别", max_length=20, choices=UsageCategory, blank=True)
    industry = models.CharField("行业分类", max_length=1, choices=Industry, blank=True)
    has_transformer = models.BooleanField("是否安装变压器", null=True, choices=[(True, "安装"), (False, "不安装")])
    applied_capacity = models.PositiveIntegerField(
        "申请用电容量",
        null=True,
        validators=[MinValueValidator(1), MaxValueValidator(spans.MAX_CAPACITY)],
        help_text="单位 kVA",
    )
    voltage = models.PositiveSmallIntegerField("意向供电电压", choices=Voltage, null=True)
    supply_mode = models.CharField("供电电源", max_length=10, choices=SupplyMode, blank=True)
    load_grade = models.CharField("负荷等级", max_length=10, choices=LoadGrade, blank=True)
    is_critical = models.BooleanField("重要客户", default=False)
    own_generation = models.PositiveIntegerField(
        "自备电源容量",
        null=True,
        blank=True,
        validators=[MaxValueValidator(spans.MAX_GENERATION)],
        help_text="单位 kW，没有则不填",
    )
    nonlinear_load = models.BooleanField("有非线性负荷", default=False, help_text="如电弧炉、整流、变频等设备")
    wants_vat_invoice = models.BooleanField("需要增值税专用发票", default=False)
    intended_connection_on = models.DateField(
        "意向接电时间", null=True, blank=True, validators=[spans.validate_connection_day]
    )
    legal_name = models.CharField(
        "法定代表人姓名", max_length=PERSON_LENGTH, blank=True, validators=[validate_person_name]
    )
    legal_id_kind = models.CharField(
        "法定代表人证件类型", max_length=10, choices=IdDocument, default=IdDocument.RESIDENT
    )
    legal_id_number = EncryptedCharField("法定代表人证件号码", max_length=documents.LONGEST, blank=True)
    legal_phone = models.CharField("法定代表人手机号", max_length=11, blank=True, validators=[validate_phone])
    handler_name = models.CharField(
        "经办人姓名", max_length=PERSON_LENGTH, blank=True, validators=[validate_person_name]
    )
    handler_id_kind = models.CharField("经办人证件类型", max_length=10, choices=IdDocument, default=IdDocument.RESIDENT)
    handler_id_number = EncryptedCharField("经办人证件号码", max_length=documents.LONGEST, blank=True)
    handler_phone = models.CharField(
        "经办人手机号", max_length=11, blank=True, db_index=True, validators=[validate_phone]
    )
    remarks = models.TextField("备注", max_length=500, blank=True)
    # Pairs of characters of name and address, written at the submission: see workorders.search.
    words = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "用电申请"

    def __str__(self) -> str:
        return self.company or "未填写企业名称"

    @property
    def is_industrial(self) -> bool:
        """Whether it is industry or commerce (工商业用电), whose tariff follows the capacity."""
        return self.usage_category in UsageCategory.industrial

    @property
    def usual_tariff(self) -> Tariff:
        """The tariff to expect for what was applied for; the supply plan decides."""
        return tariffs.tariff_for(self.applied_capacity or 0) if self.is_industrial else Tariff.ONE_PART

    @property
    def full_address(self) -> str:
        return regions.full_name(self.region) + self.address

    @property
    def legal_document(self) -> str:
        """Its kind and number, masked."""
        return documents.shown(self.legal_id_kind, self.legal_id_number)

    @property
    def handler_document(self) -> str:
        return documents.shown(self.handler_id_kind, self.handler_id_number)

    @property
    def code_doubt(self) -> str:
        """What is odd about the credit code, in words; empty where nothing is."""
        return credit_code_doubt(self.credit_code)

    @property
    def transformer_capacity(self) -> int:
        """Sum of the transformers in service, in kVA; cold standby does not count."""
        main = self.transformers.filter(duty=TransformerDuty.MAIN)
        return main.aggregate(total=Sum(F("capacity") * F("count")))["total"] or 0

    def clean(self) -> None:
        """Raise ValidationError, by field, where a person's name or number is not such as their document has."""
        if problems := self._documents():
            raise ValidationError(problems)

    def _documents(self) -> dict[str, ValidationError]:
        found: dict[str, ValidationError] = {}
        for person in self.PEOPLE:
            kind, name, number = (getattr(self, f"{person}_{what}") for what in ("id_kind", "name", "id_number"))
            for field, check, value in (
                (f"{person}_name", documents.validate_name, name),
                (f"{person}_id_number", documents.validate, number),
            ):
                try:
                    if value:
                        check(kind, value)
                except ValidationError as error:
                    found[field] = error
        return found

    def problems(self) -> list[str]:
        """Return, in Chinese, what keeps the application from being handed in; [] where nothing does."""
        lacking = [self._meta.get_field(name) for name in self.NEEDED if getattr(self, name) in ("", None)]
        found = [f"请填写“{field.verbose_name}”。" for field in lacking]
        found += [message for error in self._documents().values() for message in error.messages]
        if self.intended_connection_on:
            try:
                spans.validate_connection_day(self.intended_connection_on)
            except ValidationError as error:
                found += error.messages
        if self.has_transformer and self.transformer_capacity != self.applied_capacity:
            found.append(f"变压器容量合计 {self.transformer_capacity} kVA，与申请用电容量不一致。")
        return found

    @property
    def below_high_voltage(self) -> bool:
        """Whether 160 kW or less would do with low voltage (供电营业规则 2024): a hint, never a refusal."""
        return 0 < (self.applied_capacity or 0) <= 160


class Transformer(models.Model):
    """A group of equal transformers; capacity in kVA each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="transformers")
    capacity = models.PositiveIntegerField(
        "单台容量", validators=[MinValueValidator(10), MaxValueValidator(240_000)], help_text="kVA"
    )
    count = models.PositiveSmallIntegerField(
        "台数", default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    kind = models.CharField("型式", max_length=10, choices=TransformerType, default=TransformerType.DRY)
    duty = models.CharField("运行方式", max_length=10, choices=TransformerDuty, default=TransformerDuty.MAIN)

    class Meta:
        ordering = ["duty", "-capacity", "id"]
        verbose_name = verbose_name_plural = "变压器"

    def __str__(self) -> str:
        return f"{self.capacity} kVA × {self.count}"
