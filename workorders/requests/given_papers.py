"""Papers of an order that prove the right to a seal as well (signing.seals.known_papers)."""

from collections.abc import Iterator
from datetime import datetime

from accounts.models import User
from signing.enums import SealPaperKind
from signing.seals.known_papers import Known
from workorders.enums import AttachmentKind
from workorders.models import Attachment

_KINDS: dict[str, SealPaperKind] = {
    AttachmentKind.LICENCE: SealPaperKind.LICENCE,
    AttachmentKind.AUTHORISATION: SealPaperKind.AUTHORISATION,
    AttachmentKind.HANDLER_ID: SealPaperKind.HANDLER_ID,
}


def papers_of(user: User, since: datetime) -> Iterator[Known]:
    """Yield what the user gave with orders of the same enterprise; identity papers only where they are the user's."""
    rows = Attachment.objects.filter(
        submission__order__customer=user,
        submission__order__application__credit_code=user.enterprise.credit_code if user.enterprise else "",
        kind__in=_KINDS,
        uploaded_at__gt=since,
    )
    for row in rows.select_related("submission__order__application").order_by("uploaded_at"):
        if row.kind == AttachmentKind.HANDLER_ID and row.submission.order.application.handler_name != user.name:
            continue
        yield Known(_KINDS[row.kind], row.original_name, row.file, row.content_type, row.pages, row.uploaded_at)
