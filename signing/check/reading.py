"""The signatures that stand in a stranger's PDF, those too that the library cannot parse; for the sandbox."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko.sign.validation import EmbeddedPdfSignature

_TIMESTAMP = "/DocTimeStamp"
# Signs the SHA-1 of the file as a content of its own, where others sign the file.
_WRAPPED = "/adbe.pkcs7.sha1"


@dataclass(frozen=True)
class Unparsed:
    """A signature of a kind that the library does not know, as far as the file itself tells."""

    field_name: str
    entries: Any

    @property
    def byte_range(self) -> list[int]:
        return [int(number) for number in self.entries.get("/ByteRange", [])]


def signatures(reader: PdfFileReader) -> list[EmbeddedPdfSignature | Unparsed]:
    """Return the signatures of a file, oldest first; its timestamps where there is nothing else."""
    found = sorted(_all(reader), key=lambda signature: _end(signature.byte_range))
    return [signature for signature in found if not is_timestamp(signature)] or found


def is_timestamp(signature: EmbeddedPdfSignature | Unparsed) -> bool:
    """Whether a signature is an authority's word on the time, and nobody's else."""
    entries = signature.entries if isinstance(signature, Unparsed) else signature.sig_object
    return entries.get("/Type") == _TIMESTAMP


def fits(signature: EmbeddedPdfSignature, data: bytes) -> bool | None:
    """Return whether the digest in a signature is that of the file; None where it cannot be computed."""
    try:
        if signature.sig_object.get("/SubFilter") == _WRAPPED:
            # What adbe.pkcs7.sha1 prescribes; it proves nothing here, but tells an altered file from a whole one.
            digest = hashlib.sha1(_covered(signature, data), usedforsecurity=False).digest()
            return signature.signed_data["encap_content_info"]["content"].native == digest
        said = find_unique_cms_attribute(signature.signer_info["signed_attrs"], "message_digest").native
        return said == hashlib.new(signature.md_algorithm, _covered(signature, data), usedforsecurity=False).digest()
    except Exception:  # whatever a stranger's bytes make the library raise
        return None


def is_wrapped(signature: EmbeddedPdfSignature) -> bool:
    """Whether the library would compare the wrong digest."""
    return signature.sig_object.get("/SubFilter") == _WRAPPED


def _all(reader: PdfFileReader) -> Iterator[EmbeddedPdfSignature | Unparsed]:
    for name, value, field in enumerate_sig_fields(reader, filled_status=True):
        try:
            yield EmbeddedPdfSignature(reader, field.get_object(), name)
        except Exception:  # as above
            entries = value.get_object()
            if isinstance(entries, generic.DictionaryObject):
                yield Unparsed(str(name), entries)


def _covered(signature: EmbeddedPdfSignature, data: bytes) -> bytes:
    first, length, second, rest = (int(number) for number in signature.byte_range)
    return data[first : first + length] + data[second : second + rest]


def _end(byte_range: Iterable[Any]) -> int:
    numbers = [int(number) for number in byte_range]
    return sum(numbers[-2:])
