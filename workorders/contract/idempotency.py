"""The same signature sent twice (a double click, a second tab, a replayed request): the first one is the answer."""

from django.db.models import Q

from accounts.models import User
from signing.models import Signature
from workorders.models import WorkOrder


def first_signature(order: WorkOrder, *, by: User, sha256: str) -> Signature | None:
    """Return the signature that this person put on just this version of a file of the order, or None."""
    if not sha256:
        return None
    ours = Q(field__document__paper__order=order) | Q(field__document__submission__order=order)
    signatures = Signature.objects.filter(ours, signer=by, revision__previous_sha256=sha256)
    return signatures.select_related("field__document", "seal").first()
