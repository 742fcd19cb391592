"""Seals: applied for, reviewed, used, cancelled; each change leaves a line in the seal's trace."""

from django.core.exceptions import ValidationError

from signing.models import Seal, SealEvent


def use(seal: Seal, document, *, by) -> None:
    """Note the use of a seal on a document, with the seal's row locked; call it inside the signing transaction.

    Raises ValidationError where the seal is not valid (any more), or a customer does not belong to its enterprise;
    which staff may use which seal is the caller's to know.
    """
    seal = Seal.objects.select_for_update().get(pk=seal.pk)
    if not seal.is_usable:
        raise ValidationError(f"印章“{seal}”{seal.get_state_display()}，不能使用，请另选印章。", code="seal_state")
    if by.is_customer and by.enterprise_id != seal.enterprise_id:
        raise ValidationError("您已不属于该印章的企业，不能使用这枚印章。", code="seal_owner")
    note(seal, "用印", by=by, text=f"《{document.title}》")


def note(seal, label, *, by, text=""):
    """Add a line to a seal's trace; the seal's row has to be locked."""
    return SealEvent.objects.create(seal=seal, number=seal.events.count() + 1, label=label, note=text[:300], by=by)
