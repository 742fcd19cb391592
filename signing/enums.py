from enum import nonmember

from django.db import models


class Role(models.TextChoices):
    """Who signs a document."""

    CUSTOMER = "customer", "客户"
    SUPPLIER = "supplier", "供电企业"

    @property
    def line(self) -> str:
        """The words beside the place where this party signs."""
        return {Role.CUSTOMER: "客户签字", Role.SUPPLIER: "供电企业签章"}[self]


class SealKind(models.TextChoices):
    OFFICIAL = "official", "公章"
    CONTRACT = "contract", "合同专用章"
    LEGAL = "legal", "法定代表人名章"


class SealOrigin(models.TextChoices):
    GENERATED = "generated", "系统自动生成"
    UPLOADED = "uploaded", "上传印章图片"


class SealState(models.TextChoices):
    PENDING = "pending", "待审核"
    VALID = "valid", "有效"
    REJECTED = "rejected", "已驳回"
    CANCELLED = "cancelled", "已注销"

    open_states = nonmember(("pending", "valid"))


class SealPaperKind(models.TextChoices):
    LICENCE = "licence", "营业执照"
    LEGAL_ID = "legal_id", "法定代表人身份证件"
    HANDLER_ID = "handler_id", "经办人身份证件"
    AUTHORISATION = "authorisation", "授权委托书"


class Level(models.TextChoices):
    """What a signature proves (ETSI EN 319 142-1): B-T carries the time of an authority, B-B that of this server."""

    B_B = "B-B", "B-B"
    B_T = "B-T", "B-T"
