"""The report on a document (存证报告): what was signed, by whom, how that was made sure; signed by the platform."""

import hashlib
import io

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from bandian.db.locks import atomic, locking
from files import storage
from signing.evidence import drawing
from signing.models import Document, Evidence
from signing.pki import keys, pades

_FIELD = "platform"


@atomic
def of(document: Document) -> Evidence:
    """Return the report on a document as it is now, made at the first call for each revision, and once it is void."""
    document = locking(Document.objects).get(pk=document.pk)
    current = document.current
    made = Evidence.objects.filter(revision=current).first()  # the latest
    if made and not (document.void_since and made.created_at < document.void_since):
        return made
    data = countersigned(drawing.render(document), reason=f"《{document.title}》存证报告")
    evidence = Evidence(revision=current, sha256=hashlib.sha256(data).hexdigest())
    storage.store(evidence, "file", io.BytesIO(data))
    evidence.save()
    return evidence


def countersigned(data: bytes, *, reason: str) -> bytes:
    """Return a PDF of our own making with an invisible signature of the platform (PAdES) over all of it."""
    signer = keys.platform_signer()
    facts = PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=signer.subject_name,
        reason=reason,
    )
    output = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    pades.finish(PdfSigner(facts, signer).async_sign_pdf(writer, output=output))
    return output.getvalue()
