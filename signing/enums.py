from django.db import models


class Role(models.TextChoices):
    """Who signs a document."""

    CUSTOMER = "customer", "客户"
    SUPPLIER = "supplier", "供电企业"

    @property
    def line(self):
        """The words beside the place where this party signs."""
        return {Role.CUSTOMER: "客户签字", Role.SUPPLIER: "供电企业签章"}[self]
