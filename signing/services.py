"""Issues papers for signing and signs them: rows, files and proof in one transaction."""

import hashlib
import io
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from pyhanko.sign import Signer

from accounts.identity import claims
from accounts.models import Enterprise, User
from bandian.db.locks import atomic, locking
from files import storage
from signing.check import links, verify
from signing.enums import Level, Role
from signing.marks import seal_art
from signing.marks.appearance import Mark
from signing.marks.handwriting import Strokes, Typed
from signing.models import Document, Revision, Seal, Signature, SignatureField
from signing.pdf import intake
from signing.pdf.boxes import Placed
from signing.pdf.freeze import freeze
from signing.pdf.intake import Admitted
from signing.pki import keys, pades
from signing.seals import lifecycle

logger = logging.getLogger(__name__)

_PLACE = "办电 E 助手（平台签名）"
# Larger files are signed on disk.
_IN_MEMORY = 8 * 1024 * 1024
_CHUNK = 1024 * 1024
# How far the clock may run back between two signatures before signing stops.
_CLOCK_TOLERANCE = timedelta(seconds=5)


class Superseded(Exception):
    """The signer saw another version than the current one; the answer is 409."""

    def __init__(self) -> None:
        super().__init__("文件已更新，请重新预览后再签署。")


class AlreadySigned(Exception):
    """This party's signature stands already; `signature` is that one."""

    def __init__(self, signature: Signature) -> None:
        super().__init__("该文件已经签署，不能重复签署。")
        self.signature = signature


def issue(
    paper: Admitted | bytes,
    *,
    title: str,
    signers: Collection[str] = (Role.CUSTOMER,),
    by: User | None,
    sealed: Collection[str] = (),
    placed: Mapping[str, Placed] | None = None,
    cross_page: Seal | None = None,
) -> Document:
    """Check, freeze and keep a PDF for signing by the roles `signers`; what was admitted is not checked again.

    The boxes of the roles in `sealed` take a seal beside the handwriting; `placed` are boxes that somebody chose (see
    `signing.pdf.freeze`); slices of the seal `cross_page` go over the pages' edges. Raises ValidationError that names
    why the PDF cannot be issued.
    """
    paper = paper if isinstance(paper, Admitted) else intake.admit(paper)
    document = Document(title=title, original_sha256=hashlib.sha256(paper.original).hexdigest(), created_by=by)
    frozen = freeze(
        paper.content,
        signers=signers,
        title=title,
        sealed=sealed,
        placed=placed,
        cross_page_image=seal_art.page(cross_page) if cross_page else b"",
        check=(document.code, links.address_of(document)),
    )
    with transaction.atomic():
        storage.store(document, "original", io.BytesIO(paper.original))
        document.save()
        SignatureField.objects.bulk_create(
            SignatureField(
                document=document,
                role=field.role,
                name=field.name,
                page=field.page,
                **dict(zip(("x0", "y0", "x1", "y1"), field.box, strict=True)),
            )
            for field in frozen.fields
        )
        sha256 = hashlib.sha256(frozen.data).hexdigest()
        base = Revision(document=document, number=0, sha256=sha256, size=len(frozen.data))
        storage.store(base, "file", io.BytesIO(frozen.data))
        base.save()
    return document


@dataclass(frozen=True)
class Act:
    """What a party puts on a document: handwriting (`signing.marks`), a seal, or both; and how it was confirmed.

    `seen` is the sha256 of the revision that was shown.
    """

    seen: str
    hand: Strokes | Typed | None = None
    seal: Seal | None = None
    ip: str = ""
    user_agent: str = ""
    confirmed_phone: str = ""
    confirmed_at: datetime | None = None


@atomic
def sign(document: Document, act: Act, *, role: str, by: User) -> Revision:
    """Append the signature of `by` for `role`, with the certificate of the seal's or the person's verified enterprise,
    else of the person.

    Raises AlreadySigned, Superseded also where the paper is void; ValidationError where the seal cannot be used any
    more, or the stored file is not the recorded one.
    """
    document = locking(Document.objects).get(pk=document.pk)
    field = document.fields.select_related("signature").get(role=role)
    if hasattr(field, "signature"):
        raise AlreadySigned(field.signature)
    current = document.current
    if document.void_since or act.seen != current.sha256:
        raise Superseded
    if act.seal:
        lifecycle.use(act.seal, document, by=by)
    enterprise = act.seal.enterprise if act.seal else _proven_enterprise(by)
    signer = _signer(enterprise, by)
    signed_at = _now_after(current)
    with _workspace(current.size) as stream:
        _fetch(current, stream)
        timestamp_at = pades.append(
            stream,
            field.name,
            signer=signer,
            mark=Mark(act.hand, act.seal, str(by), signed_at),
            name=str(by),
            reason=f"签署《{document.title}》",
            location=_PLACE,
            signed_at=signed_at,
        )
        sha256, size = _extended(stream, current)
        _prove(stream, field.name, current.number + 1)
        revision = Revision(
            document=document, number=current.number + 1, sha256=sha256, previous_sha256=current.sha256, size=size
        )
        stream.seek(0)
        storage.store(revision, "file", stream)
    revision.save()
    Signature.objects.create(
        field=field,
        revision=revision,
        signer=by,
        signer_name=str(by),
        signer_phone=by.masked_phone,
        signer_identity=claims.standing(by),
        enterprise=enterprise,
        enterprise_name=enterprise.name if enterprise else "",
        seal=act.seal,
        ink=act.hand.dump() if act.hand else "",
        certificate_serial=keys.serial_of(signer),
        signed_at=signed_at,
        level=Level.B_T if timestamp_at else Level.B_B,
        timestamp_at=timestamp_at,
        confirmed_phone=act.confirmed_phone,
        confirmed_at=act.confirmed_at,
        ip=act.ip or None,
        user_agent=act.user_agent[:300],
    )
    document.proposals.filter(role=role).delete()
    return revision


def void(documents: QuerySet[Document], *, reason: str) -> None:
    """Say of papers that they no longer count, from now on; of those that did not before, since when stays."""
    documents.filter(void_since=None).update(void_since=timezone.now(), void_reason=reason)


def _proven_enterprise(person: User) -> Enterprise | None:
    """Return the person's enterprise as it is now, where a supervisor compared it with its licence; None otherwise."""
    if person.enterprise_id is None:
        return None
    return Enterprise.objects.filter(pk=person.enterprise_id, verified_at__isnull=False).first()


def _signer(enterprise: Enterprise | None, person: User) -> Signer:
    if enterprise:
        return keys.signer_for(f"enterprise-{enterprise.pk}", enterprise.name)
    return keys.signer_for(f"user-{person.pk}", str(person))


def _now_after(previous: Revision) -> datetime:
    """Return the local time, as exact as in the file; raises ValidationError where the clock went back."""
    now = timezone.localtime().replace(microsecond=0)
    if now < previous.created_at - _CLOCK_TOLERANCE:
        logger.critical("the clock says %s, but revision %s was made at %s", now, previous.pk, previous.created_at)
        raise ValidationError("服务器时间异常，已停止签署，请稍后再试或联系客户经理。", code="clock")
    return now


def _workspace(size: int) -> IO[bytes]:
    """Return a file to sign in; not a spooled one, which makes each of the readers' thousand small reads dearer."""
    return io.BytesIO() if size <= _IN_MEMORY else TemporaryFile()


def _fetch(revision: Revision, stream: IO[bytes]) -> None:
    """Copy a revision's bytes, and make sure that they are the recorded ones."""
    digest = hashlib.sha256()
    with revision.file.open("rb") as stored:
        for chunk in stored.chunks():
            digest.update(chunk)
            stream.write(chunk)
    if digest.hexdigest() != revision.sha256:
        logger.critical("%s is not what was recorded for revision %s", revision.file.name, revision.pk)
        raise ValidationError("系统保存的文件与记录不一致，已停止签署，请联系客户经理。", code="corrupt")


def _extended(stream: IO[bytes], previous: Revision) -> tuple[str, int]:
    """Return (sha256, size) of the signed file after making sure that the previous revision is its beginning."""
    stream.seek(0)
    digest, left = hashlib.sha256(), previous.size
    while left:
        chunk = stream.read(min(left, _CHUNK))
        digest.update(chunk)
        left -= len(chunk)
    if digest.hexdigest() != previous.sha256:
        raise RuntimeError(f"signing changed bytes of revision {previous.pk}")
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest(), stream.tell()


def _prove(stream: IO[bytes], field_name: str, signatures: int) -> None:
    """Make sure that an independent reading of the signed file finds every signature good."""
    results = verify.check_stream(stream)
    *_, last = results
    good = len(results) == signatures and all(result.is_good for result in results)
    if not (good and last.field == field_name and last.covers_whole_file):
        raise RuntimeError(f"the signed file does not verify: {results}")
