"""What a paper must be before it is signed: a PDF that opens strictly.

The ladder: strict as it is, otherwise read leniently, repaired and written anew by qpdf, otherwise a message that names
the cause and the remedy.
"""

import io
from dataclasses import dataclass

from pikepdf import Array, Dictionary, Stream
from pyhanko.pdf_utils.reader import PdfFileReader

from files import pdf_checks, sandbox
from signing.pdf import printing

# Keys of pages and their parts that show nothing, or lead back.
_ASIDE = {"/Parent", "/Annots", "/B", "/Metadata", "/PieceInfo", "/StructParent", "/StructParents", "/Thumb"}
# What qpdf says of a stream whose end it did not find.
_EMPTIED = "unable to recover stream data"


@dataclass(frozen=True)
class Admitted:
    """A PDF that may be issued: `content` opens strictly, `original` are the bytes as they came."""

    content: bytes
    original: bytes


def admit(data: bytes) -> Admitted:
    """Return a PDF for signing, repaired and decrypted where need be.

    Raises ValidationError that names the cause: empty, no PDF, protected, damaged, incomplete, no pages, too many or
    too large pages, a dynamic form, hidden layers, certified or signed already.
    """
    pdf_checks.check_bytes(data)
    repaired, copy = sandbox.run(admit_in_sandbox, data)
    return Admitted(copy if repaired else data, data)


def admit_in_sandbox(data: bytes) -> tuple[bool, bytes]:
    with pdf_checks.opened(data) as pdf:
        pages = pdf_checks.check_pages(pdf)
        if any(pdf_checks.signature_fields(pdf)):
            raise pdf_checks.refusal("certified" if "/DocMDP" in pdf.Root.get("/Perms", {}) else "signed")
        printing.check_layers(pdf)
        if not pdf.is_encrypted and _opens_strictly(data, pages):
            pdf_checks.check_display(data, pages)
            return False, b""
        if not _is_whole(pdf):
            raise pdf_checks.refusal("incomplete")
        if "/Size" not in pdf.trailer:
            pdf.trailer["/Size"] = 1  # qpdf corrects the number, but does not add the entry
        stream = io.BytesIO()
        pdf.save(stream)
    copy = stream.getvalue()
    if not _opens_strictly(copy, pages):
        raise pdf_checks.refusal("damaged")
    pdf_checks.check_display(copy, pages)
    return True, copy


def _is_whole(pdf):
    """Whether all that the pages show is there; qpdf opens also what is cut off, and the rest of it is blank then."""
    waiting, seen = [pdf.Root.Pages], set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Array):
            waiting.extend(node)
        elif isinstance(node, (Dictionary, Stream)) and not (node.is_indirect and node.objgen in seen):
            seen.add(node.objgen)
            shown = [value for key, value in node.items() if key not in _ASIDE]
            if any(value is None for value in shown):
                return False
            waiting.extend(shown)
    return not any(_EMPTIED in warning for warning in pdf.get_warnings())


def _opens_strictly(data, pages):
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
