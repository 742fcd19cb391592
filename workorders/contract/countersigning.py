"""The supplier's seal on a contract that the customer has signed (供电企业盖章)."""

from dataclasses import asdict

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from bandian.db.locks import atomic
from signing.enums import Role
from signing.models import Seal, Signature
from signing.services import Act, sign
from workorders.contract.idempotency import first_signature
from workorders.enums import ContractMethod, PaperKind, State
from workorders.inputs import Client
from workorders.journey import announce, flow, writers
from workorders.journey.supplier_seals import seals_for
from workorders.locks import lock_order
from workorders.models import WorkOrder
from workorders.rights import looks_after
from workorders.trace import record


def is_due(order: WorkOrder) -> bool:
    """Whether the customer's signature stands on the contract, and the supplier's is to follow."""
    if order.state != State.CONTRACT_SIGNED or order.contract_method == ContractMethod.SCAN:
        return False
    document = order.issued(PaperKind.CONTRACT).document
    return document.awaits(Role.SUPPLIER) and not document.awaits(Role.CUSTOMER)


@atomic
def countersign(order: WorkOrder, *, by: User, seal: Seal, sha256: str, client: Client) -> Signature:
    """Put the supplier's seal on the contract and return the signature; for a repetition, the first one.

    `sha256` is the version that was shown. Raises PermissionDenied, flow.Conflict, Superseded; ValidationError where
    the seal is not one of the supplier's.
    """
    order = lock_order(order)
    if not looks_after(order, by):
        raise PermissionDenied
    if first := first_signature(order, by=by, sha256=sha256):
        return first
    if not is_due(order):
        raise flow.Conflict(order)
    if not seals_for(order).filter(pk=seal.pk).exists():
        raise ValidationError(f"印章“{seal}”不是本供电单位的有效印章，请另选印章。", code="seal")
    paper = order.issued(PaperKind.CONTRACT)
    act = Act(seen=sha256, seal=seal, **asdict(client))
    revision = sign(paper.document, act, role=Role.SUPPLIER, by=by)
    facts = writers.paper_facts(paper, revision.sha256, seal)
    announce.announce_note(record.note(order, "countersign", label="供电企业盖章", by=by, **facts))
    return revision.signature
