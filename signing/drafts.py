"""Papers that staff look at before they are issued: what is confirmed is, byte for byte, what was shown."""

import hashlib
import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic, locking
from files import previews, storage
from signing.marks import seal_art
from signing.models import Draft, Seal
from signing.pdf import freeze, intake
from signing.pdf.intake import Admitted

LIFE = timedelta(days=1)
# What one person may keep of them at a time.
MOST_DRAFTS, MOST_BYTES = 200, 1024 * 1024 * 1024
_GONE = "预览已过期，请重新预览后再签发。"


@dataclass(frozen=True)
class Layout:
    """How a draft would be issued.

    `shown` is the draft whose pages are looked at: the same paper as it is frozen. `pages` are (width, height) in
    points, `places` {role: (page from 0, left, top, right, bottom)} in fractions of the page.
    """

    shown: Draft
    pages: tuple
    places: dict
    has_sheet: bool


@dataclass(frozen=True)
class Confirmed:
    """What was confirmed under a preview: the paper, and where each party signs (see `Layout.places`)."""

    paper: Admitted
    placed: dict


def keep(paper: Admitted | bytes, *, by: User, name: str = "") -> Draft:
    """Keep a PDF that is about to be issued, with what its file is called; raises ValidationError where it cannot."""
    admitted = paper if isinstance(paper, Admitted) else intake.admit(paper)
    return _kept(admitted.content, by=by, name=name)


def lay_out(
    draft: Draft, *, signers: Collection[str], title: str, sealed: Collection[str] = (), cross_page: Seal | None = None
) -> Layout:
    """Return how `services.issue` would issue the draft with these arguments, for its owner to see."""
    seal = seal_art.page(cross_page) if cross_page else b""
    found = freeze.lay_out(read(draft).content, signers=signers, title=title, sealed=sealed, cross_page_image=seal)
    return Layout(_kept(found.data, by=draft.by), found.pages, found.places, found.has_sheet)


def find(pk: UUID | str, *, by: User) -> Draft | None:
    """Return a draft of this person's that is not too old."""
    return Draft.objects.filter(pk=pk, by=by, created_at__gt=timezone.now() - LIFE).first()


def confirmed(pk: UUID | str, *, by: User, sha256: str) -> Admitted:
    """Return the draft that was shown, as it was admitted.

    Raises ValidationError where it is changed, foreign or too old.
    """
    draft = find(pk, by=by)
    if draft is None or draft.sha256 != sha256:
        raise ValidationError(_GONE, code="draft")
    return read(draft)


def read(draft: Draft) -> Admitted:
    """Return what was kept; raises ValidationError where the stored file is not what was recorded."""
    with draft.file.open("rb") as stored:
        data = stored.read()
    if hashlib.sha256(data).hexdigest() != draft.sha256:
        raise ValidationError(_GONE, code="draft")
    return Admitted(data, data)


def sweep() -> int:
    """Delete the drafts that are too old, with their page images; return how many there were."""
    return _discard(Draft.objects.filter(created_at__lte=timezone.now() - LIFE))


def _discard(found: Iterable[Draft]) -> int:
    old = list(found)
    for draft in old:
        previews.forget(draft.sha256)
        draft.file.delete(save=False)
        draft.delete()
    return len(old)


@atomic
def _kept(data: bytes, *, by: User, name: str = "") -> Draft:
    _check_quota(len(data), by=by)
    draft = Draft(by=by, sha256=hashlib.sha256(data).hexdigest(), name=name)
    storage.store(draft, "file", io.BytesIO(data))
    draft.save()
    return draft


def _check_quota(size: int, *, by: User) -> None:
    """Raise ValidationError where a person keeps too much; the person's row is locked until the draft is kept."""
    locking(User.objects).get(pk=by.pk)
    alive = list(Draft.objects.filter(by=by, created_at__gt=timezone.now() - LIFE).order_by("created_at"))
    kept = sum(draft.file.size for draft in alive)
    if len(alive) >= MOST_DRAFTS or kept + size > MOST_BYTES:
        free_at = timezone.localtime(alive[0].created_at + LIFE if alive else timezone.now())
        message = (
            f"您一天内预览的文件太多（最多 {MOST_DRAFTS} 份，合计 {MOST_BYTES // 1024 // 1024} MB），没有生成新的预览。"
            f"请用已经打开的预览签发，或在 {free_at:%m-%d %H:%M} 最早的预览过期后再试。"
        )
        raise ValidationError(message, code="quota")
