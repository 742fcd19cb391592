"""Files from customers: checked one by one, kept under random names, taken back until handed in."""

import errno
import hashlib
import io
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic
from files import checks, previews, storage
from workorders.enums import AttachmentKind, Stage, State
from workorders.journey import announce, submissions
from workorders.locks import Conflict, lock_order
from workorders.models import Attachment, Submission, WorkOrder
from workorders.requests import draft_quota, supplements
from workorders.trace import record


def attach(
    order: WorkOrder, kind: AttachmentKind, upload: UploadedFile, *, by: User, place: int | None = None
) -> Attachment:
    """Check and keep one file in the open round of its stage; raises ValidationError that names the remedy.

    Its `place` is among the files of its kind: the last where none is given.

    Papers of the application may also follow after it was accepted (容缺受理); that leaves a line in the trace.
    """
    content = checks.read(upload)
    digest = hashlib.sha256(content).hexdigest()
    # Asked here too, so that nobody waits for the check of a file that has no place.
    _place(order, kind, digest, len(content))
    checked = checks.marked(checks.clean(content))
    try:
        return _keep(order, kind, checked, name=checks.shown_name(upload.name or ""), digest=digest, by=by, place=place)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise ValidationError("服务器存储空间不足，文件没有保存，请稍后重试。", code="disk_full") from error


@atomic
def remove(order: WorkOrder, attachment: Attachment) -> None:
    """Take a file back; raises Conflict once its round was handed in."""
    order = lock_order(order)
    found = Attachment.objects.filter(pk=attachment.pk, submission__order=order).select_related("submission").first()
    if found is None:  # a second click
        return
    if not found.submission.is_draft:
        raise Conflict(order)
    discard(found)


def discard_abandoned(*, days: int) -> int:
    """Delete the files that were never handed in of orders that ended so many days ago; return how many."""
    ended = WorkOrder.objects.closed().filter(entered_at__lt=timezone.now() - timedelta(days=days))
    orders = ended.filter(submissions__submitted_at=None, submissions__attachments__isnull=False).distinct()
    return sum(map(_discard_drafts, orders))


@atomic
def _discard_drafts(order: WorkOrder) -> int:
    """Discard what an order never handed in; return how many files."""
    abandoned = list(Attachment.objects.filter(submission__order=lock_order(order), submission__submitted_at=None))
    for attachment in abandoned:
        discard(attachment)
    return len(abandoned)


def discard(attachment: Attachment) -> None:
    """Delete the row now, its file and page images after the commit.

    Whether it may go is for the caller to know, who holds the order's lock.
    """
    attachment.delete()
    same = Attachment.objects.filter(sha256=attachment.sha256)
    # A round that was handed in and the one after it share a file (submissions.carry_over).
    if not same.filter(file=attachment.file.name).exists():
        transaction.on_commit(lambda: attachment.file.storage.delete(str(attachment.file.name)), robust=True)
    if not same.exists():
        transaction.on_commit(lambda: previews.forget(attachment.sha256), robust=True)


@atomic
def _keep(
    order: WorkOrder,
    kind: AttachmentKind,
    checked: checks.Checked,
    *,
    name: str,
    digest: str,
    by: User,
    place: int | None,
) -> Attachment:
    if order.state == State.DRAFT:  # which none becomes again
        draft_quota.lock(order.customer)
    order = lock_order(order)
    submission = _place(order, kind, digest, len(checked.content))
    draft_quota.check_files(order, len(checked.content))
    if submission.is_draft:
        submission = submissions.open_round(order, kind.stage)
    if place is None:
        last = submission.attachments.filter(kind=kind).aggregate(last=Max("place"))["last"]
        place = 0 if last is None else last + 1
    attachment = Attachment(
        submission=submission,
        kind=kind,
        original_name=name,
        original_sha256=digest,
        content_type=checked.content_type,
        size=len(checked.content),
        sha256=hashlib.sha256(checked.content).hexdigest(),
        pages=checked.pages,
        notes=checked.notes,
        place=place,
        uploaded_by=by,
    )
    storage.store(attachment, "file", io.BytesIO(checked.content))
    attachment.save()
    if not submission.is_draft:
        words = f"{kind.label}：{attachment.original_name}"
        event = record.note(
            order,
            "supplement",
            label="补充资料",
            by=by,
            note=words,
            attachment_id=str(attachment.pk),
            sha256=attachment.sha256,
        )
        announce.announce_note(event)
    return attachment


def _place(order: WorkOrder, kind: AttachmentKind, digest: str, size: int) -> Submission:
    """Return the round that takes the file; raises ValidationError where it may not come, or not fit, in there."""
    submission = _target(order, kind)
    same_kind = submission.attachments.filter(kind=kind)
    if same_kind.filter(original_sha256=digest).exists():
        raise ValidationError("这个文件已经上传过了，无需重复上传。", code="duplicate")
    if same_kind.count() >= settings.FILES_PER_KIND:
        raise ValidationError(f"“{kind.label}”最多上传 {settings.FILES_PER_KIND} 个文件，请先删除不需要的。")
    # What was carried over into a later round is stored once.
    stored = Attachment.objects.filter(submission__order=order).order_by().values("file", "size").distinct()
    whole = stored.aggregate(files=Count("file"), bytes=Sum("size", default=0))
    if whole["files"] >= settings.ORDER_MAX_FILES:
        message = f"一个工单最多上传 {settings.ORDER_MAX_FILES} 个文件，请先删除不需要的，或把多页合并为一个 PDF。"
        raise ValidationError(message, code="quota")
    if whole["bytes"] + size > settings.ORDER_MAX_BYTES:
        limit = settings.ORDER_MAX_BYTES // 1024 // 1024
        raise ValidationError(f"一个工单的文件合计最多 {limit} MB，请先删除不需要的，或压缩后重新上传。", code="quota")
    return submission


def _target(order: WorkOrder, kind: AttachmentKind) -> Submission:
    if kind.stage == submissions.open_stage(order):
        return submissions.draft(order, kind.stage)
    may_follow = kind in AttachmentKind.later or supplements.is_asked_for(order, kind)
    if kind.stage == Stage.APPLICATION and may_follow and order.state in supplements.STATES:
        return order.submissions.filter(stage=Stage.APPLICATION).latest("round")
    raise ValidationError("工单状态已变化，现在不能上传这类资料，请刷新页面。")
