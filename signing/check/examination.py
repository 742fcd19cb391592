"""Reads a stranger's PDF, in the sandbox: who signed it, and what happened to the file since.

Knows neither keys nor records; see `signing.check.verify` and `signing.check.verdict` for what they make of it.
"""

import asyncio
import base64
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pypdfium2
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from signing.check import reading
from signing.check.additions import added, is_harmless
from signing.check.findings import Trouble

_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")
# As it is printed at the foot of a page: four groups of four.
_CODE = re.compile(r"核验码[\s：:]*((?:[2-9A-HJ-NP-Z]{4}\s*){4})")
# How an object begins.
_OBJECT = re.compile(rb"\d+ \d+ obj\b")
_PAGES_READ = 60
# Where a PDF says that it is one, and where it ends.
_EDGE = 1024
# So many ends of signatures are tried: a file of ours has a handful.
_ENDS_READ = 8


def examine_in_sandbox(data: bytes, *, roots: Iterable[str]) -> tuple[dict[str, Any], bytes]:
    """Return what stands in `data` as (dict, b""); `roots` are trusted certificates, DER in base64.

    The dict has `troubles`, `signatures` (oldest first), `code`, the check code printed in it, and `signed_size`: so
    many bytes the last signature that is whole covers. Never raises for what the file may hold.
    """
    if b"%PDF-" not in data[:_EDGE]:
        return _nothing(Trouble.NO_PDF) | {"signed_size": 0, "code": ""}, b""
    trusted = ValidationContext(
        trust_roots=[x509.Certificate.load(base64.b64decode(root)) for root in roots], allow_fetching=False
    )
    found = _read(data, trusted)
    if not (found and _last_whole(found)):
        found = _beginning(data, trusted) or found or _nothing(_damage(data))
    troubles = {signature["trouble"] for signature in found["signatures"]} - {""} | set(found["troubles"])
    last = _last_whole(found)
    if last and (tail := data[last["end"] :]):
        if is_harmless(tail):
            troubles.add(Trouble.JUNK.value)
        elif not (last["is_only_proven"] and _ends_plainly(data)):
            troubles.add(Trouble.APPENDED.value)
            last["added"] = added(data, last["end"])
    elif not last and not troubles and _is_cut(data):
        troubles.add(Trouble.TRUNCATED.value)
    for signature in found["signatures"]:
        del signature["is_only_proven"]
    return {
        "troubles": sorted(troubles, key=Trouble.values.index),
        "signatures": found["signatures"],
        "signed_size": last["end"] if last else 0,
        "code": _printed_code(data),
    }, b""


def _nothing(trouble: Trouble) -> dict[str, Any]:
    return {"troubles": [trouble.value], "signatures": []}


def _read(data: bytes, trusted: ValidationContext) -> dict[str, Any] | None:
    """Return `troubles` of the file as such and its `signatures`; None where it cannot be read."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        if reader.encrypted:
            return _nothing(Trouble.ENCRYPTED)
        found = reading.signatures(reader)
        return {"troubles": [], "signatures": [_facts(data, signature, trusted) for signature in found]}
    # Whatever the bytes make the library raise: nothing but this one file is at stake in this process.
    except Exception:
        return None


def _last_whole(found: dict[str, Any]) -> dict[str, Any] | None:
    """Return the last signature whose bytes are as they were signed, one of ours before a stranger's; None without."""
    whole = [signature for signature in found["signatures"] if signature["intact"]]
    ours = [signature for signature in whole if signature["trouble"] != Trouble.FOREIGN]
    return (ours or whole or [None])[-1]


def _beginning(data: bytes, trusted: ValidationContext) -> dict[str, Any] | None:
    """Read the longest beginning of a file that ends with a whole signature; None where there is none.

    For files that were signed once, and show no signature now because of what was put behind it.
    """
    ends = sorted((end for end, fits in _signed_ends(data).items() if fits and end < len(data)), reverse=True)
    for end in ends[:_ENDS_READ]:
        found = _read(data[:end], trusted)
        if found and (last := _last_whole(found)) and last["end"] == end:
            for signature in found["signatures"]:
                signature["is_only_proven"] = False  # nobody looked at what follows
            return found
    return None


def _signed_ends(data: bytes) -> dict[int, bool]:
    """Return {where a signature's range ends: whether its gap is at its place and the end within the file}."""
    ends: dict[int, bool] = {}
    for match in _RANGE.finditer(data):
        first, second, rest = map(int, match.groups())
        fits = data[first : first + 1] == b"<" and data[second - 1 : second] in (b">", b"")
        ends[second + rest] = fits or ends.get(second + rest, False)
    return ends


def _damage(data: bytes) -> Trouble:
    """Say what is wrong with a file that cannot be read."""
    fitting = [end for end, fits in _signed_ends(data).items() if fits]
    if any(end > len(data) for end in fitting) or b"%%EOF" not in data[-_EDGE:]:
        return Trouble.TRUNCATED
    return Trouble.TAMPERED if len(data) in fitting else Trouble.DAMAGED


def _is_cut(data: bytes) -> bool:
    """Whether an update, such as the next party's signature, begins after the last end of the file."""
    return bool(_OBJECT.search(data, max(data.rfind(b"%%EOF"), 0)))


def _is_enterprise(subject: Mapping[str, Any]) -> bool:
    """Whether a certificate of ours names an enterprise, whose common name may not be the whole name."""
    return str(subject.get("serial_number")).startswith("enterprise-")


def _ends_plainly(data: bytes) -> bool:
    """Whether nothing stands behind the last update, and every reader takes it for the last."""
    try:
        PdfFileReader(io.BytesIO(data), strict=True)
    except Exception:  # as above
        return False
    return not data[data.rfind(b"%%EOF") + 5 :].strip(b"\0\t\n\f\r ")


def _facts(
    data: bytes, signature: EmbeddedPdfSignature | reading.Unparsed, trusted: ValidationContext
) -> dict[str, Any]:
    first, second, rest = ([*map(int, signature.byte_range)] + [0] * 4)[1:4]
    end = second + rest
    facts = {
        "field": str(signature.field_name),
        "signer": "",
        "subject_id": "",
        "issuer": "",
        "serial": "",
        "signed_at": "",
        "timestamp_at": "",
        "end": end,
        "sha256": hashlib.sha256(data[:end]).hexdigest(),
        "intact": False,
        "is_only_proven": False,
        "trouble": "",
        "added": [],
    }
    if isinstance(signature, reading.Unparsed):
        trouble = Trouble.TRUNCATED if end > len(data) else Trouble.UNCHECKED
        return facts | {"signer": str(signature.entries.get("/Name", "")), "trouble": trouble.value}
    return facts | _signer(signature) | _state(data, signature, trusted, data[first:second], end)


def _signer(signature: EmbeddedPdfSignature) -> dict[str, str]:
    certificate = signature.signer_cert
    subject, issuer = certificate.subject.native, certificate.issuer.native
    return {
        "signer": _words(subject.get("organization_name" if _is_enterprise(subject) else "common_name")),
        "subject_id": _words(subject.get("serial_number")),
        "issuer": _words(issuer.get("common_name")),
        "serial": f"{certificate.serial_number:x}",
        "signed_at": _iso(signature.self_reported_timestamp),
    }


def _state(
    data: bytes, signature: EmbeddedPdfSignature, trusted: ValidationContext, gap: bytes, end: int
) -> dict[str, Any]:
    """Return what validation says of a signature whose hexadecimal digits stand in `gap`."""
    if gap[1:-1].lower() != signature.pkcs7_content.hex().encode():
        return {"trouble": Trouble.RESAVED.value}
    if end > len(data):
        return {"trouble": Trouble.TRUNCATED.value}
    is_timestamp = reading.is_timestamp(signature)
    try:
        if reading.is_wrapped(signature):
            raise NotImplementedError
        validate = async_validate_pdf_timestamp if is_timestamp else async_validate_pdf_signature
        status: Any = asyncio.run(validate(signature, trusted))
    except Exception:  # as above; of an algorithm that the library does not know, at least the digest is looked at
        return {"trouble": (Trouble.TAMPERED if reading.fits(signature, data) is False else Trouble.UNCHECKED).value}
    facts: dict[str, Any] = {
        "intact": bool(status.intact and status.valid and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION)
    }
    stamp = status if is_timestamp else status.timestamp_validity
    if stamp and stamp.intact and stamp.valid and (stamp.trusted or is_timestamp):
        facts["timestamp_at"] = _iso(stamp.timestamp)
    level = status.modification_level or ModificationLevel.NONE
    facts["is_only_proven"] = facts["intact"] and level <= ModificationLevel.LTA_UPDATES
    if not facts["intact"]:
        facts["trouble"] = Trouble.TAMPERED.value
    elif not status.trusted or is_timestamp:
        facts["trouble"] = Trouble.FOREIGN.value
    elif level in (ModificationLevel.ANNOTATIONS, ModificationLevel.OTHER):
        facts |= {"trouble": Trouble.APPENDED.value, "added": added(data, end)}
    return facts


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _printed_code(data: bytes) -> str:
    """Return the check code that a page shows, the last such; empty where none does."""
    try:
        with pypdfium2.PdfDocument(data) as document:
            for number in range(len(document) - 1, max(len(document) - 1 - _PAGES_READ, -1), -1):
                if match := _CODE.search(document[number].get_textpage().get_text_bounded()):
                    return "".join(match[1].split())
    except (pypdfium2.PdfiumError, UnicodeError):
        pass
    return ""
