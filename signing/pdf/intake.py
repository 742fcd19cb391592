"""What a paper must be before it is signed: a PDF that opens strictly.

The ladder: strict as it is, otherwise read leniently, repaired and written anew by qpdf, otherwise a message that names
the cause and the remedy. Fonts that the paper does not bring are supplied.
"""

import io
from dataclasses import dataclass

from pyhanko.pdf_utils.reader import PdfFileReader

from files import pdf_checks, pdf_repair, sandbox
from files.fonts import supply
from signing.pdf import printing


@dataclass(frozen=True)
class Admitted:
    """A PDF that may be issued: `content` opens strictly, `original` are the bytes as they came."""

    content: bytes
    original: bytes


def admit(data: bytes) -> Admitted:
    """Return a PDF for signing, repaired, decrypted and given its fonts where need be.

    Raises ValidationError that names the cause: empty, no PDF, protected, damaged, incomplete, no pages, too many or
    too large pages, a font that nobody has, a dynamic form, hidden layers, certified or signed already.
    """
    pdf_checks.check_bytes(data)
    repaired, copy = sandbox.run(admit_in_sandbox, data)
    return Admitted(copy if repaired else data, data)


def admit_in_sandbox(data: bytes) -> tuple[bool, bytes]:
    with pdf_checks.opened(data) as pdf:
        pdf_repair.tidy(pdf)
        pages = pdf_checks.check_pages(pdf)
        if any(pdf_checks.signature_fields(pdf)):
            raise pdf_checks.refusal("certified" if "/DocMDP" in pdf.Root.get("/Perms", {}) else "signed")
        printing.check_layers(pdf)
        if not pdf_repair.is_whole(pdf):
            raise pdf_checks.refusal("incomplete")
        is_supplied = supply.supply(pdf)
        if not is_supplied and not pdf.is_encrypted and _opens_strictly(data, pages):
            pdf_checks.check_display(data, pages)
            return False, b""
        pdf_repair.rebuild_pages(pdf)
        copy = pdf_repair.saved(pdf)
    if not _opens_strictly(copy, pages):
        raise pdf_checks.refusal("damaged")
    pdf_checks.check_display(copy, pages)
    return True, copy


def _opens_strictly(data: bytes, pages: int) -> bool:
    try:
        root = PdfFileReader(io.BytesIO(data), strict=True).root
        waiting, leaves = [root["/Pages"]], 0
        while waiting and leaves <= pages:
            node = waiting.pop().get_object()
            waiting += node.get("/Kids", ())
            leaves += "/Kids" not in node
        return leaves == pages == root["/Pages"]["/Count"]
    except Exception:  # pyHanko answers hostile files with whatever its parser ran into
        return False
