"""Signatures that are only meant yet (预览): kept as rows and shown as pictures; no file changes before the act."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic, locking
from files import previews
from signing.marks import appearance, handwriting
from signing.marks.appearance import Mark
from signing.marks.handwriting import Strokes, Typed
from signing.models import Document, Proposal, Seal
from signing.services import AlreadySigned, Superseded


class Void(ValidationError):
    """The proposal cannot be confirmed any more; the message says why and what to do."""


@atomic
def keep(
    document: Document, *, role: str, seal: Seal | None, hand: Strokes | Typed | None, sha256: str, by: User
) -> Proposal:
    """Keep what a party means to put on a document in place of what it meant before; `sha256` is what was shown.

    Raises Superseded, AlreadySigned; Void where the seal cannot be used.
    """
    document = locking(Document.objects).get(pk=document.pk)
    field = document.fields.select_related("signature").get(role=role)
    if hasattr(field, "signature"):
        raise AlreadySigned(field.signature)
    if sha256 != document.current.sha256:
        raise Superseded
    discard(document, role=role)
    ink = hand.dump() if hand else ""
    proposal = Proposal(document=document, role=role, seal=seal, ink=ink, sha256=sha256, by=by)
    check(proposal, by=by)
    proposal.save()
    return proposal


def find(document: Document, *, role: str) -> Proposal | None:
    """Return what the party means to put on the document, whether or not it still holds."""
    return document.proposals.filter(role=role).select_related("seal__enterprise", "by").first()


def discard(document: Document, *, role: str) -> None:
    document.proposals.filter(role=role).delete()


def check(proposal: Proposal, *, by: User) -> None:
    """Raise Void where the proposal does not hold for this person, document and seal as they are now."""
    seal = proposal.seal
    if proposal.by_id != by.pk:
        raise Void("签章预览是由其他人生成的，请重新选择印章并签名。", code="signer")
    if proposal.sha256 != proposal.document.current.sha256:
        raise Void("生成预览之后文件已更新，预览已作废，请查看最新文件后重新签章。", code="file")
    if seal and not seal.is_usable:
        raise Void(f"印章“{seal}”{seal.get_state_display()}，预览已作废，请另选有效的印章。", code="seal_state")
    if seal and by.is_customer and by.enterprise_id != seal.enterprise_id:
        raise Void("您已不属于该印章的企业，预览已作废，请由本企业人员办理签章。", code="seal_owner")


def hand_of(proposal: Proposal) -> Strokes | Typed | None:
    """Return the handwriting, None for a seal alone."""
    return handwriting.load(proposal.ink) if proposal.ink else None


def picture(proposal: Proposal) -> bytes:
    """Return the signing page as PNG with what is meant drawn in its place, marked as a preview."""
    return picture_of(
        proposal.document,
        role=proposal.role,
        hand=hand_of(proposal),
        seal=proposal.seal,
        name=str(proposal.by),
        at=proposal.created_at,
    )


def picture_of(
    document: Document, *, role: str, hand: Strokes | Typed | None, seal: Seal | None, name: str, at: datetime
) -> bytes:
    """Return the page where `role` signs as PNG, with the handwriting and the seal marked as a preview."""
    field = document.fields.get(role=role)
    mark = Mark(hand, seal, name, timezone.localtime(at), preview=True)
    with document.current.file.open("rb") as stored:
        marked = appearance.previewed(stored.read(), field.name, mark)
    return previews.render_page(marked, field.page, previews.PAGE)
