import uuid

from django.conf import settings
from django.db import models

from accounts.models import Enterprise
from accounts.validators import PERSON_LENGTH
from workorders import regions
from workorders.enums import Voltage


class ServiceAreaQuerySet(models.QuerySet["ServiceArea"]):
    def serving(self, region: str, voltage: int) -> "ServiceArea | None":
        """Return the area whose region prefix fits longest, or None (then the order waits in the pool).

        Rules that start at a voltage (kV) only count from there up and beat rules without one, however long:
        35 kV and above go to the city company or its key-account centre.
        """
        prefixes = [region[:length] for length in range(len(region), 1, -1)]
        rules = AreaRegion.objects.filter(prefix__in=prefixes, min_voltage__lte=voltage).select_related("area")
        best = max(rules, key=lambda rule: (rule.min_voltage, len(rule.prefix)), default=None)
        return best.area if best else None

    def serves(self, region: str) -> bool:
        """Whether some unit takes orders from a region, at whatever voltage."""
        return self.serving(region, Voltage.KV220) is not None


class ServiceArea(models.Model):
    """A supply unit (供电单位) with the regions it serves and the managers who work there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("供电单位", max_length=60, unique=True)
    code = models.CharField("单位编码", max_length=9, unique=True)
    company = models.CharField("供电企业全称", max_length=80)
    credit_code = models.CharField("统一社会信用代码", max_length=18)
    address = models.CharField("地址", max_length=120)
    phone = models.CharField("服务电话", max_length=20, default="95598")
    representative = models.CharField("负责人", max_length=PERSON_LENGTH)
    # Answers complaints at the last level; none: they end with the supervisors.
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="投诉处理负责人",
        help_text="客户对主管的答复仍不满意时由此人答复；须是主管账号",
    )
    # Whose seals the unit puts on papers; none: papers go out without.
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="service_areas", verbose_name="用印企业"
    )
    managers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="service_areas", blank=True, verbose_name="客户经理"
    )

    objects = ServiceAreaQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = "供电单位"

    def __str__(self) -> str:
        return self.name


class AreaRegion(models.Model):
    """A rule of dispatch: supply addresses whose region code starts with the prefix belong to the area."""

    area = models.ForeignKey(ServiceArea, models.CASCADE, related_name="regions", verbose_name="供电单位")
    # 2 digits for a province, 4 for a city, 6 or 9 for a district (GB/T 2260).
    prefix = models.CharField("地区", max_length=9)
    min_voltage = models.PositiveSmallIntegerField("适用电压（kV 及以上）", default=0, help_text="0 表示不限电压")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "min_voltage"], name="one_area_per_region_rule")]
        verbose_name = verbose_name_plural = "服务区域"

    def __str__(self) -> str:
        voltage = f"，{self.min_voltage} kV 及以上" if self.min_voltage else ""
        return f"{regions.full_name(self.prefix)}{voltage}"
