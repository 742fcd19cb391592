"""Checks a file that somebody brings: what it says of itself, beside what the system's records say of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from signing.check import pictures, verify
from signing.check.findings import Trouble
from signing.check.verify import Report
from signing.models import Certificate, Document, Evidence, Revision, Signature

# Whose certificate signs what the platform itself gives out, e.g. reports.
_PLATFORM = "platform"


@dataclass(frozen=True)
class Line:
    """One signature of the file: `record` is the stored Signature where the file up to it is a stored revision."""

    signed: verify.Signed
    record: Signature | None
    trouble: Trouble | None

    @property
    def level(self) -> str:
        """The level of a signature of ours; empty for a stranger's, which may be of any kind."""
        if self.record:
            return self.record.level
        if self.trouble in (Trouble.FOREIGN, Trouble.UNCHECKED):
            return ""
        return "B-T" if self.signed.timestamp_at else "B-B"

    @property
    def signed_at(self) -> datetime | None:
        return self.record.signed_at if self.record else self.signed.signed_at

    @property
    def timestamp_at(self) -> datetime | None:
        return self.record.timestamp_at if self.record else self.signed.timestamp_at


@dataclass(frozen=True)
class Finding:
    """`revision` or `evidence` is the stored row with the very same bytes, `document` the one the file belongs to.

    `drawn` compares what the file shows with what was signed, where anything stands behind the signature.
    """

    report: Report
    lines: tuple[Line, ...]
    troubles: tuple[Trouble, ...]
    document: Document | None
    revision: Revision | None
    evidence: Evidence | None
    drawn: pictures.Comparison | None

    @property
    def verdict(self) -> str:
        """ "good", "caution" or "bad"."""
        if not self.troubles:
            return "good"
        return "caution" if all(trouble.is_mild for trouble in self.troubles) else "bad"

    @property
    def is_current(self) -> bool:
        return self.revision is not None and self.revision == self.revision.document.current

    @property
    def later(self) -> list[Revision]:
        """The stored revisions after the one that the file is."""
        if self.revision is None:
            return []
        after = self.revision.document.revisions.filter(number__gt=self.revision.number)
        return list(after.select_related("signature__field", "signature__enterprise").order_by("number"))


def check_file(data: bytes, *, wanted: Document | None = None) -> Finding:
    """Return the Finding on a stranger's file; with `wanted`, whether it is a file of that document.

    Raises nothing for what the file holds. The file is not kept.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    report = verify.examine(data)
    revision = Revision.objects.filter(sha256=sha256).select_related("document").first()
    evidence = Evidence.objects.filter(sha256=sha256).select_related("revision__document").first()
    stored = _stored(report)
    document = _document(report, revision, evidence, stored)
    lines = tuple(_lines(report, stored))
    troubles = set(report.troubles) | {line.trouble for line in lines if line.trouble}
    troubles |= _beside_records(report, document, found=bool(revision or evidence))
    if document and not revision and Trouble.UNCHECKED in troubles:  # of ours there are none of such a kind
        troubles = troubles - {Trouble.UNCHECKED} | {Trouble.DIFFERS}
    drawn = None
    if Trouble.APPENDED in troubles and document and _is_cut(data, document):
        troubles = troubles - {Trouble.APPENDED} | {Trouble.TRUNCATED}
    elif 0 < report.signed_size < report.size:
        drawn = pictures.compare(data, report.signed_size)
        if not drawn.is_same:
            troubles = troubles - {Trouble.JUNK, Trouble.UNRECORDED} | {Trouble.APPENDED}
    if wanted and document != wanted:
        troubles |= {Trouble.OTHER_DOCUMENT} if document else {Trouble.DIFFERS} - troubles
    ordered = tuple(sorted(troubles, key=Trouble.values.index))
    return Finding(report, lines, ordered, document, revision, evidence, drawn)


def _is_cut(data: bytes, document: Document) -> bool:
    """Whether a file is how a longer version of a document begins: not changed, but not all of it."""
    longer = document.revisions.filter(size__gt=len(data)).order_by("number").first()
    if longer is None:
        return False
    with longer.file.open("rb") as stored:
        return stored.read(len(data)) == data


def _stored(report: Report) -> dict[str, Revision]:
    """Return {sha256: Revision} of the revisions that the file begins with."""
    found = Revision.objects.filter(sha256__in=[signed.sha256 for signed in report.signatures])
    return {revision.sha256: revision for revision in found.select_related("document", "signature")}


def _document(
    report: Report, revision: Revision | None, evidence: Evidence | None, stored: dict[str, Revision]
) -> Document | None:
    if revision:
        return revision.document
    if evidence:
        return evidence.revision.document
    for signed in reversed(report.signatures):
        if signed.sha256 in stored:
            return stored[signed.sha256].document
    return Document.objects.filter(code=report.code).first() if report.code else None


def _lines(report: Report, stored: dict[str, Revision]) -> Iterator[Line]:
    revoked = dict(
        Certificate.objects.filter(serial__in={signed.serial for signed in report.signatures})
        .exclude(revoked_at=None)
        .values_list("serial", "revoked_at")
    )
    for signed in report.signatures:
        revision = stored.get(signed.sha256)
        record = getattr(revision, "signature", None) if revision else None
        trouble = signed.trouble
        if not trouble and _is_late(signed, record, revoked.get(signed.serial)):
            trouble = Trouble.REVOKED
        yield Line(signed, record, trouble)


def _is_late(signed: verify.Signed, record: Signature | None, revoked_at: datetime | None) -> bool:
    """Whether a signature was made after its certificate was revoked; what a file claims by itself proves no time."""
    if revoked_at is None:
        return False
    proven = record.signed_at if record else signed.timestamp_at
    return proven is None or proven >= revoked_at


def _beside_records(report: Report, document: Document | None, *, found: bool) -> set[Trouble]:
    """Return what the records tell that the file alone does not."""
    if found:
        return set()
    if not report.signatures:
        if set(report.troubles) - {Trouble.UNSIGNED}:
            return set()
        if document is None:
            return {Trouble.UNSIGNED}
        return {Trouble.STRIPPED if document.revisions.filter(number__gt=0).exists() else Trouble.DIFFERS}
    is_ours = all(signed.subject_id == _PLATFORM for signed in report.signatures)
    return set() if report.troubles or is_ours else {Trouble.UNRECORDED}


def masked(name: str) -> str:
    """Return a person's name for strangers: 李*明, 李*."""
    return name[:1] + "*" * max(len(name) - 2, 1) + (name[-1] if len(name) > 2 else "")
