"""Small files to upload."""

import datetime
import io
import zlib
from functools import cache

import pikepdf
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Name
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore


def upload(content, name="资料.pdf"):
    return SimpleUploadedFile(name, content)


def png(size=(40, 30)):
    stream = io.BytesIO()
    Image.new("RGB", size).save(stream, "PNG")
    return stream.getvalue()


def signed(data):
    """Return a PDF with a signature of somebody whom nobody knows."""
    writer, stream = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    signers.sign_pdf(writer, signers.PdfSignatureMetadata(field_name="s"), stranger(), output=stream)
    return stream.getvalue()


@cache
def stranger(key=None):
    """Return the signer of somebody whom nobody knows."""
    key, name = key or ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=stranger")
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    certificate = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    certificate = certificate.serial_number(9).not_valid_before(start).not_valid_after(start.replace(year=2099))
    der = certificate.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(der),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )


def webp_that_grows():
    """Return a transparent picture of less than 1 MB that is a PNG of more once it is drawn anew."""
    noise = Image.effect_noise((700, 700), 90)
    stream = io.BytesIO()
    Image.merge("RGBA", (noise, noise.rotate(90), noise.rotate(180), noise)).save(stream, "WEBP", quality=20)
    return stream.getvalue()


def swelling(byte, megabytes):
    """Return what zlib makes of so many megabytes of one byte, from one of them: to pack them all takes seconds."""
    part, packer = byte * (1 << 20), zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    packed = packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)  # which looks back at nothing before
    checksum = 1
    for _ in range(megabytes):
        checksum = zlib.adler32(part, checksum)
    return b"\x78\xda" + packed * megabytes + packer.flush() + checksum.to_bytes(4, "big")


def slow_pdf(pages=60, words=6000):
    """Return a PDF of 14 KB whose text takes ten seconds and more to read: all its pages share one long content."""
    pdf = pikepdf.new()
    content = pdf.make_stream(b"BT /F1 12 Tf " + b"(%s) Tj " % (b"abcdefgh" * 6) * words + b"ET")
    font = pikepdf.Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    for _ in range(pages):
        page = pdf.add_blank_page()
        page.obj.Contents, page.obj.Resources = content, resources
    stream = io.BytesIO()
    pdf.save(stream)
    return stream.getvalue()


def costly_pdf(fills: int = 2000, pages: int = 1) -> bytes:
    """Return a small PDF whose last page costs about 50 ms of computing per fill; those before it are blank."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            page = pdf.add_blank_page(page_size=(595, 842))
        multiply = pikepdf.Dictionary(BM=pikepdf.Name.Multiply)
        page.obj.Resources = pikepdf.Dictionary(ExtGState=pikepdf.Dictionary(G=multiply))
        page.obj.Contents = pdf.make_stream(b"/G gs .9 .9 1 rg\n" + b"0 0 595 842 re f\n" * fills)
        stream = io.BytesIO()
        pdf.save(stream)
        return stream.getvalue()
