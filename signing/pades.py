"""One signature as one incremental update of a PDF: nothing before it changes by a byte."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from signing import appearance

# Bytes of a signature besides its certificates.
_OVERHEAD = 1000
_HASH = "sha256"


def append(stream, field_name, *, signer, mark, name, reason, location, signed_at):
    """Sign the empty field `field_name` of the PDF in `stream`, in place, with `mark` as what the field shows.

    `signed_at` is an aware time. Returns the time that a timestamp authority vouched for, None where none did: the
    signature is PAdES B-B then, ETSI.CAdES.detached over SHA-256.
    """
    writer = IncrementalPdfFileWriter(stream)
    embedding = PdfCMSEmbedder().write_cms(field_name, writer, existing_fields_only=True)
    field = next(embedding).get_object()
    appearance.show(mark, field, field["/P"], writer)
    chain = [signer.signing_cert, *signer.cert_registry]
    placeholder = SignatureObject(
        timestamp=signed_at,
        subfilter=SigSeedSubFilter.PADES,
        bytes_reserved=2 * (_OVERHEAD + sum(len(certificate.dump()) for certificate in chain)),  # as hex digits
        name=name,
        reason=reason,
        location=location,
    )
    embedding.send(SigObjSetup(sig_placeholder=placeholder))
    prepared, output = embedding.send(SigIOSetup(md_algorithm=_HASH, in_place=True))
    cms = finish(signer.async_sign(prepared.document_digest, _HASH, use_pades=True))
    prepared.fill_with_cms(output, cms)
    return None


def finish(coroutine):
    """Run pyHanko's coroutine to its end, in an event loop of its own, also where the thread has one running."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _finish_here(coroutine)
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(_finish_here, coroutine).result()


def _finish_here(coroutine):
    # Not asyncio.run: it would leave the thread without the loop that others may have set for it.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()
