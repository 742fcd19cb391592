"""Puts the files of an open round in order and photos upright, as long as nothing was handed in."""

import hashlib
import io

from django.core.exceptions import ValidationError
from django.db import transaction

from bandian.db.locks import atomic
from files import images, previews, storage
from workorders.locks import Conflict, lock_order
from workorders.models import Attachment, WorkOrder

TURN, _STEPS = "turn", {"up": -1, "down": 1}


def arrange(order: WorkOrder, attachment: Attachment, what: str) -> Attachment | None:
    """Move a file up or down among those of its kind, or turn a photo to the right; return it as it is then.

    `what` is up, down or turn. None where it is gone. Raises Conflict once its round was handed in, ValidationError for
    anything but a photo to turn.
    """
    if what != TURN:
        return _moved(order, attachment, what)
    # A photo is turned before the order is locked: a large one holds up nobody. Whoever was overtaken begins again.
    while (seen := _open(order, attachment)) is not None:
        try:
            turned = _turned(seen)
        except FileNotFoundError:
            if Attachment.objects.filter(pk=seen.pk, file=seen.file.name).exists():
                raise
            continue
        if (found := _replaced(order, seen, *turned)) is not None:
            return found
    return None


def _open(order: WorkOrder, attachment: Attachment) -> Attachment | None:
    """Return the row of a file as it is now, or None; raises Conflict where its round was handed in."""
    found = Attachment.objects.filter(pk=attachment.pk, submission__order=order).select_related("submission").first()
    if found and not found.submission.is_draft:
        raise Conflict(order)
    return found


@atomic
def _moved(order: WorkOrder, attachment: Attachment, what: str) -> Attachment | None:
    found = _open(lock_order(order), attachment)
    if found is None:
        return None
    if what not in _STEPS:
        raise ValidationError("请选择上移、下移或旋转。", code="what")
    _move(found, _STEPS[what])
    return found


def _move(attachment: Attachment, step: int) -> None:
    files = list(attachment.submission.attachments.filter(kind=attachment.kind))
    here = files.index(attachment)
    there = here + step
    if 0 <= there < len(files):
        files[here], files[there] = files[there], files[here]
    for place, file in enumerate(files):
        if file.place != place:
            file.place = place
            file.save(update_fields=["place"])


def _turned(attachment: Attachment) -> tuple[str, bytes]:
    if attachment.is_pdf:
        raise ValidationError("只有照片可以旋转；PDF 请在扫描软件里转正后重新上传。", code="kind")
    with attachment.file.open("rb") as stored:
        return images.turn(stored.read())


@atomic
def _replaced(order: WorkOrder, seen: Attachment, content_type: str, content: bytes) -> Attachment | None:
    """Store a turned photo in place of the one that was seen; None where that one is no longer there."""
    attachment = _open(lock_order(order), seen)
    if attachment is None or attachment.sha256 != seen.sha256:
        return None
    before, sha256 = str(attachment.file.name), attachment.sha256
    attachment.content_type, attachment.size = content_type, len(content)
    attachment.sha256 = hashlib.sha256(content).hexdigest()
    storage.store(attachment, "file", io.BytesIO(content))
    attachment.save(update_fields=["file", "content_type", "size", "sha256"])
    # A round that was handed in may name the same file (submissions.carry_over).
    if not Attachment.objects.filter(file=before).exists():
        transaction.on_commit(lambda: attachment.file.storage.delete(before), robust=True)
    if not Attachment.objects.filter(sha256=sha256).exists():
        transaction.on_commit(lambda: previews.forget(sha256), robust=True)
    return attachment
