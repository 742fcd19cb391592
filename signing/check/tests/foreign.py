"""PDFs signed by strangers, in ways that are not ours."""

import asyncio
import hashlib
import io

from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from files.tests import samples


def with_sha1(data):
    """Sign with SHA-1, detached, as old programs do."""
    writer, stream = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    metadata = signers.PdfSignatureMetadata(field_name="s", md_algorithm="sha1")
    signers.sign_pdf(writer, metadata, samples.stranger(), output=stream)
    return stream.getvalue()


def with_wrapped_sha1(data):
    """Sign a SHA-1 that is wrapped up in the signature (adbe.pkcs7.sha1)."""
    return _embedded(data, "/adbe.pkcs7.sha1", _wrapped)


def in_an_unknown_way(data):
    """Sign with what is no CMS, as adbe.x509.rsa_sha1 and some of the SM2 formats are."""
    return _embedded(data, "/adbe.x509.rsa_sha1", lambda digest: b"\x04\x10" + bytes(16))


def with_a_timestamp_only(data):
    writer, stream = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    authority = samples.stranger(rsa.generate_private_key(65537, 2048))
    stamper = DummyTimeStamper(tsa_cert=authority.signing_cert, tsa_key=authority.signing_key)
    signers.PdfTimeStamper(stamper).timestamp_pdf(writer, "sha256", output=stream)
    return stream.getvalue()


def with_proofs(signed):
    """Append what proves a signature later, as PAdES B-LT has it, and a new description of the file."""
    stream = io.BytesIO(signed)
    writer = IncrementalPdfFileWriter(stream)
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=[samples.stranger().signing_cert])
    writer.write_in_place()
    return stream.getvalue()


def _embedded(data, subfilter, sign):
    stream = io.BytesIO(data)
    writer = IncrementalPdfFileWriter(stream)
    embedding = PdfCMSEmbedder().write_cms("s", writer)
    next(embedding)
    placeholder = SignatureObject(subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED, bytes_reserved=8192)
    placeholder[pdf_name("/SubFilter")] = pdf_name(subfilter)
    placeholder[pdf_name("/Name")] = generic.TextStringObject("stranger")
    embedding.send(SigObjSetup(sig_placeholder=placeholder))
    prepared, output = embedding.send(SigIOSetup(md_algorithm="sha1", in_place=True))
    prepared.fill_with_cms(output, sign(prepared.document_digest))
    return stream.getvalue()


def _wrapped(digest):
    assert len(digest) == hashlib.sha1(usedforsecurity=False).digest_size
    return asyncio.run(samples.stranger().async_sign_general_data(digest, "sha1", detached=False))
