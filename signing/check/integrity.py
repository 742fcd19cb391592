"""Whether the stored files of a document are what its rows say, and its rows what its files say."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import F, Max, Model, Q, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from signing.check import verify
from signing.models import Document, Revision, Signature

_CHUNK = 1024 * 1024


def due() -> QuerySet[Document]:
    """Return the documents that changed since their last check, and those with a problem."""
    documents = Document.objects.annotate(changed_at=Max("revisions__created_at"))
    return documents.filter(Q(checked_at=None) | Q(checked_at__lt=F("changed_at")) | ~Q(problem=""))


def check(document: Document) -> list[str]:
    """Return what is wrong with a document, in words, and note it on its row; an empty list where all is well."""
    problems = list(_problems(document))
    document.problem, document.checked_at = "；".join(problems)[:200], timezone.now()
    document.save(update_fields=["problem", "checked_at"])
    return problems


def _problems(document: Document) -> Iterator[str]:
    if problem := _of_file(document.original, "原始文件", document.original_sha256):
        yield problem
    revisions = list(document.revisions.select_related("signature").prefetch_related("evidence").order_by("number"))
    if [revision.number for revision in revisions] != list(range(len(revisions))) or not revisions:
        yield f"版次不连续，现有第 {'、'.join(str(revision.number) for revision in revisions) or '零'} 版"
    previous = None
    for revision in revisions:
        yield from _of_revision(revision, previous)
        previous = revision
    if revisions:
        yield from _of_signatures(document, revisions)


def _of_file(file: FieldFile, name: str, sha256: str, size: int | None = None, *, start: Revision | None = None) -> str:
    """Return what is wrong with a stored file; `start` is the revision that it has to begin with."""
    try:
        with file.open("rb") as stored:
            whole, begin, length = hashlib.sha256(), hashlib.sha256(), 0
            while chunk := stored.read(_CHUNK):
                whole.update(chunk)
                if start:
                    begin.update(chunk[: max(start.size - length, 0)])
                length += len(chunk)
    except (OSError, ValueError) as error:
        return f"{name}读不出来（{type(error).__name__}）"
    if whole.hexdigest() != sha256:
        return f"{name}的哈希与记录不符"
    if size is not None and length != size:
        return f"{name}的大小与记录不符"
    if start and begin.hexdigest() != start.sha256:
        return f"{name}的开头不是第 {start.number} 版"
    return ""


def _of_revision(revision: Revision, previous: Revision | None) -> Iterator[str]:
    name = f"第 {revision.number} 版文件"
    if problem := _of_file(revision.file, name, revision.sha256, revision.size, start=previous):
        yield problem
    if previous and revision.previous_sha256 != previous.sha256:
        yield f"第 {revision.number} 版记录的上一版哈希不是第 {previous.number} 版的"
    if revision.number and not _related(revision, "signature"):
        yield f"第 {revision.number} 版没有签名记录"
    for evidence in revision.evidence.all():
        if problem := _of_file(evidence.file, f"第 {revision.number} 版的存证报告", evidence.sha256):
            yield problem


def _of_signatures(document: Document, revisions: Sequence[Revision]) -> Iterator[str]:
    """Compare the signatures in the latest file with the rows."""
    rows = {
        field.name: field.signature
        for field in document.fields.select_related("signature__signer")
        if _related(field, "signature")
    }
    try:
        with revisions[-1].file.open("rb") as stored:
            results = verify.check_stream(stored)
    except (ValidationError, OSError, ValueError):
        yield f"第 {revisions[-1].number} 版里的签名读不出来"
        return
    if results and not results[-1].covers_whole_file:
        yield "最后一个签名没有覆盖整个文件"
    for result in results:
        if not result.is_good:
            yield f"签名“{result.field}”无效"
        elif result.field not in rows:
            yield f"文件里的签名“{result.field}”没有签名记录"
        elif differing := _differences(result, rows[result.field]):
            yield f"签名“{result.field}”的{'、'.join(differing)}与记录不符"
    for name in rows.keys() - {result.field for result in results}:
        yield f"签名记录“{name}”在文件里没有签名"


def _differences(result: verify.Result, row: Signature) -> list[str]:
    """Return in what a signature of the file and its row do not agree."""
    owner = f"enterprise-{row.enterprise_id}" if row.enterprise_id else f"user-{row.signer_id}"
    pairs = {
        "签署人": (result.subject_id, owner),
        "证书序列号": (result.serial, row.certificate_serial),
        "签署时间": (result.signed_at, row.signed_at),
    }
    return [name for name, (told, recorded) in pairs.items() if told != recorded]


def _related(row: Model, name: str) -> Any:
    try:
        return getattr(row, name)
    except ObjectDoesNotExist:
        return None
