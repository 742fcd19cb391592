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


@atomic
def arrange(order: WorkOrder, attachment: Attachment, what: str) -> Attachment | None:
    """Move a file up or down among those of its kind, or turn a photo to the right; return it as it is then.

    `what` is up, down or turn. None where it is gone. Raises Conflict once its round was handed in, ValidationError for
    anything but a photo to turn.
    """
    order = lock_order(order)
    found = Attachment.objects.filter(pk=attachment.pk, submission__order=order).select_related("submission").first()
    if found is None:
        return None
    if not found.submission.is_draft:
        raise Conflict(order)
    if what == TURN:
        _turn(found)
    elif what in _STEPS:
        _move(found, _STEPS[what])
    else:
        raise ValidationError("请选择上移、下移或旋转。", code="what")
    return found


def _move(attachment, step):
    files = list(attachment.submission.attachments.filter(kind=attachment.kind))
    here = files.index(attachment)
    there = here + step
    if 0 <= there < len(files):
        files[here], files[there] = files[there], files[here]
    for place, file in enumerate(files):
        if file.place != place:
            file.place = place
            file.save(update_fields=["place"])


def _turn(attachment):
    if attachment.is_pdf:
        raise ValidationError("只有照片可以旋转；PDF 请在扫描软件里转正后重新上传。", code="kind")
    before, sha256 = attachment.file.name, attachment.sha256
    with attachment.file.open("rb") as stored:
        content_type, content = images.turn(stored.read())
    attachment.content_type, attachment.size = content_type, len(content)
    attachment.sha256 = hashlib.sha256(content).hexdigest()
    storage.store(attachment, "file", io.BytesIO(content))
    attachment.save(update_fields=["file", "content_type", "size", "sha256"])
    # A round that was handed in may name the same file (submissions.carry_over).
    if not Attachment.objects.filter(file=before).exists():
        transaction.on_commit(lambda: attachment.file.storage.delete(before), robust=True)
    if not Attachment.objects.filter(sha256=sha256).exists():
        transaction.on_commit(lambda: previews.forget(sha256), robust=True)
