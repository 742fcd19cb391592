"""One signature as one incremental update of a PDF: nothing before it changes by a byte."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import IO, Any, TypeVar

from asn1crypto import cms
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import simple_cms_attribute
from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from signing.marks import appearance, dating
from signing.pki import timestamps

# Bytes of a signature besides its certificates and timestamp; the root is not among them, readers have to know it.
_OVERHEAD = 800
_HASH = "sha256"


_Result = TypeVar("_Result")


def append(
    stream: IO[bytes],
    field_name: str,
    *,
    signer: Signer,
    mark: appearance.Mark,
    name: str,
    reason: str,
    location: str,
    signed_at: datetime,
) -> datetime | None:
    """Sign the empty field `field_name` of the PDF in `stream`, in place, with `mark` as what the field shows.

    `signed_at` is an aware time. The signature is ETSI.CAdES.detached over SHA-256: PAdES B-T where a timestamp
    authority answers, whose time is returned; B-B, and None, where none does.
    Raises ValidationError where that time is far from `signed_at`.
    """
    writer = IncrementalPdfFileWriter(stream)
    embedding = PdfCMSEmbedder().write_cms(field_name, writer, existing_fields_only=True)
    field = next(embedding).get_object()
    appearance.show(mark, field, field["/P"], writer)
    dating.fill(writer, field_name, signed_at)
    service = timestamps.service()
    room = finish(service.size()) if service else 0
    chain = [signer.signing_cert, *signer.cert_registry]
    size = _OVERHEAD + sum(len(certificate.dump()) for certificate in chain) + room
    placeholder = SignatureObject(
        timestamp=signed_at,
        subfilter=SigSeedSubFilter.PADES,
        bytes_reserved=2 * size,  # as hex digits
        name=name,
        reason=reason,
        location=location,
    )
    embedding.send(SigObjSetup(sig_placeholder=placeholder))
    prepared, output = embedding.send(SigIOSetup(md_algorithm=_HASH, in_place=True))
    signature, timestamp_at = finish(_signature(signer, prepared.document_digest, service, room, signed_at))
    prepared.fill_with_cms(output, signature)
    return timestamp_at


async def _signature(
    signer: Signer, digest: bytes, service: timestamps.Service | None, room: int, signed_at: datetime
) -> tuple[cms.ContentInfo, datetime | None]:
    """Return (CMS, time of the authority): the token is asked for last, so that without one all else stands."""
    signature = await signer.async_sign(digest, _HASH, use_pades=True)
    info = signature["content"]["signer_infos"][0]
    token = await service.token(info["signature"].native, room=room, now=signed_at) if service and room else None
    if token:
        stamp = simple_cms_attribute("signature_time_stamp_token", token.content)
        info["unsigned_attrs"] = cms.CMSAttributes([stamp])
    return signature, token.at if token else None


def finish(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """Run pyHanko's coroutine to its end, in an event loop of its own, also where the thread has one running."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _finish_here(coroutine)
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(_finish_here, coroutine).result()


def _finish_here(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    # Not asyncio.run: it would leave the thread without the loop that others may have set for it.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()
