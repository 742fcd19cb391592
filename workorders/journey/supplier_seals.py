"""Which seal of the supplier's goes on a paper, and who signs it then."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from signing.enums import Role, SealKind
from signing.models import Seal
from workorders.enums import PaperKind, Sealing
from workorders.models import WorkOrder

# By preference. A seal for contracts goes on nothing else, a representative's alone on nothing.
_KINDS: dict[str, tuple[SealKind, ...]] = {PaperKind.CONTRACT: (SealKind.CONTRACT, SealKind.OFFICIAL)}
_OTHERS = (SealKind.OFFICIAL,)


@dataclass(frozen=True)
class Terms:
    """How a paper is issued, as `signing.services.issue` takes it; `seal` is put on it at once."""

    signers: tuple[Role, ...]
    sealed: tuple[Role, ...]
    seal: Seal | None = None
    cross_page: Seal | None = None


def seals_for(order: WorkOrder) -> QuerySet[Seal]:
    """Return the valid seals of the enterprise behind the order's service area; none where it has none."""
    area = order.service_area
    return Seal.objects.usable().filter(enterprise=area.enterprise_id) if area.enterprise_id else Seal.objects.none()


def seal_for(order: WorkOrder, kind: str | None) -> Seal | None:
    """Return the supplier's seal for a kind of paper, None where there is none to put on it."""
    seals = {seal.kind: seal for seal in seals_for(order).select_related("enterprise")}
    return next((seals[name] for name in _KINDS.get(kind or "", _OTHERS) if name in seals), None)


def terms(order: WorkOrder, kind: str, *, sealing: str = Sealing.NONE, cross_page: bool = False) -> Terms:
    """Return how a paper is issued; without the supplier's seal nobody but the customer signs it.

    Raises ValidationError where the seal is wanted and there is none (any more).
    """
    sealed: tuple[Role, ...] = (Role.CUSTOMER,) if kind == PaperKind.CONTRACT else ()
    if sealing == Sealing.NONE:
        return Terms((Role.CUSTOMER,), sealed)
    seal = seal_for(order, kind)
    if seal is None:
        raise ValidationError(
            "本供电单位现在没有可用的印章，请选择“不盖章”，或请主管先为用印企业生成印章。", code="seal"
        )
    sealed = (Role.SUPPLIER, *sealed)
    if sealing == Sealing.AFTER:
        return Terms((Role.CUSTOMER, Role.SUPPLIER), sealed)
    return Terms((Role.SUPPLIER, Role.CUSTOMER), sealed, seal, seal if cross_page else None)
