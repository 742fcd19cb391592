"""Files from customers: checked one by one, kept under random names, taken back until handed in."""

import hashlib
import warnings

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from signing import intake
from workorders import announce, flow, submissions
from workorders.enums import AttachmentKind, Stage, State
from workorders.models import Attachment

# From the submission to the contract, the papers the application may lack can still follow.
SUPPLEMENT_STATES = tuple(state for state in State.open_states if state not in (State.RETURNED, State.CONTRACT_SIGNED))
MAX_PIXELS = 60_000_000
_IMAGE_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}


@transaction.atomic
def attach(order, kind, upload, *, by):
    """Check and keep one file in the open round of its stage; raises ValidationError that names the remedy.

    Papers of the application may also follow after it was accepted (容缺受理); that leaves a line in the trace.
    """
    order = flow.lock(order)
    submission = _target(order, kind)
    digest = hashlib.file_digest(upload, "sha256").hexdigest()
    same_kind = submission.attachments.filter(kind=kind)
    if same_kind.count() >= settings.FILES_PER_KIND:
        raise ValidationError(f"“{kind.label}”最多上传 {settings.FILES_PER_KIND} 个文件，请先删除不需要的。")
    if same_kind.filter(sha256=digest).exists():
        raise ValidationError("这个文件已经上传过了，无需重复上传。")
    content_type, pages = check(upload)
    attachment = Attachment(
        submission=submission,
        kind=kind,
        original_name=upload.name[-255:],
        content_type=content_type,
        size=upload.size,
        sha256=digest,
        pages=pages,
        uploaded_by=by,
    )
    upload.seek(0)
    attachment.file.save(upload.name, upload, save=False)
    try:
        attachment.save()
    except BaseException:
        attachment.file.delete(save=False)
        raise
    if not submission.is_draft:
        reason = f"{kind.label}：{attachment.original_name}"
        announce.event(flow.note(order, "supplement", label="补充资料", by=by, reason=reason))
    return attachment


@transaction.atomic
def remove(order, attachment):
    """Take a file back; raises ValidationError once its round was handed in."""
    flow.lock(order)
    if not attachment.submission.is_draft:
        raise ValidationError("资料已经提交，不能删除。")
    attachment.delete()
    transaction.on_commit(lambda: attachment.file.storage.delete(attachment.file.name), robust=True)


def check(upload):
    """Return (content type, pages) of an uploaded image or PDF after really opening it.

    Raises ValidationError for a wrong type, an empty, damaged, protected or too large file.
    """
    if not upload.size:
        raise ValidationError("所选文件为空，请检查后重新选择。")
    upload.seek(0)
    head = upload.read(1024)
    upload.seek(0)
    if b"%PDF-" in head:
        _check_size(upload, settings.PDF_MAX_BYTES, "PDF")
        return "application/pdf", intake.inspect(upload.read())
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        _check_size(upload, settings.IMAGE_MAX_BYTES, "图片")
        return _check_image(upload), 1
    raise ValidationError("只能上传 PDF、JPG 或 PNG 文件；其他格式请另存为 PDF 后再上传。")


def _check_size(upload, limit, what):
    if upload.size > limit:
        size, most = upload.size / 1024 / 1024, limit // 1024 // 1024
        raise ValidationError(f"{what}大小为 {size:.1f} MB，超过 {most} MB 的上限，请压缩后重新上传。")


def _check_image(upload):
    try:
        with warnings.catch_warnings(), Image.open(upload, formats=list(_IMAGE_TYPES)) as image:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if image.width * image.height > MAX_PIXELS:
                raise ValidationError("图片尺寸过大，请缩小后重新上传。")
            image.load()
            return _IMAGE_TYPES[image.format]
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ValidationError("图片已损坏，无法打开，请重新拍照或导出后上传。") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ValidationError("图片尺寸过大，请缩小后重新上传。") from error


def _target(order, kind):
    if kind.stage == submissions.open_stage(order):
        return submissions.draft(order, kind.stage)
    if kind.stage == Stage.APPLICATION and kind in AttachmentKind.later and order.state in SUPPLEMENT_STATES:
        return order.submissions.filter(stage=Stage.APPLICATION).last()
    raise ValidationError("工单状态已变化，现在不能上传这类资料，请刷新页面。")
