"""Says of every signature in a PDF who made it, when, and whether anything changed since."""

import base64
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.core.exceptions import ValidationError
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from files import sandbox
from signing.check.examination import examine_in_sandbox
from signing.check.findings import Trouble
from signing.pki import authority, keys, pades


@dataclass(frozen=True)
class Result:
    """One signature; `changes` is what was added after it: NONE, LTA_UPDATES, FORM_FILLING, ANNOTATIONS or OTHER."""

    field: str
    signer: str
    signed_at: datetime | None
    intact: bool
    trusted: bool
    covers_whole_file: bool
    changes: str
    # Of the certificate: its number in hex, and whose it is ("enterprise-<uuid>", "user-<uuid>").
    serial: str = ""
    subject_id: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the bytes it covers are unchanged, it is the platform's, and only signing followed."""
        return self.intact and self.trusted and self.changes not in ("OTHER", "ANNOTATIONS")


def check(data: bytes) -> list[Result]:
    """Return a Result per signature of a file of our own, oldest first; none for a PDF without.

    Not for coroutines: it blocks. Raises ValidationError where the bytes are no readable PDF.
    """
    return check_stream(io.BytesIO(data))


def check_stream(stream: IO[bytes]) -> list[Result]:
    """Like `check`, reading a seekable file piece by piece."""
    trusted = ValidationContext(trust_roots=[keys.trust_root()], allow_fetching=False)
    try:
        reader = PdfFileReader(stream, strict=False)
        return [_result(signature, trusted) for signature in reader.embedded_regular_signatures]
    except (PdfReadError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValidationError("文件已损坏，无法读取其中的签名。", code="damaged") from error


def _result(signature: EmbeddedPdfSignature, trusted: ValidationContext) -> Result:
    try:
        status = pades.finish(async_validate_pdf_signature(signature, trusted))
    except SignatureValidationError:
        return Result(signature.field_name, "", None, False, False, False, "OTHER")
    subject = status.signing_cert.subject.native
    return Result(
        field=signature.field_name,
        signer=authority.holder(subject),
        signed_at=status.signer_reported_dt,
        intact=bool(status.intact and status.valid),
        trusted=status.trusted,
        covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        changes=(status.modification_level or ModificationLevel.NONE).name,
        serial=f"{status.signing_cert.serial_number:x}",
        subject_id=subject.get("serial_number", ""),
    )


@dataclass(frozen=True)
class Signed:
    """One signature as the file itself tells it; `sha256` is of the file from its start to where the signature ends.

    `timestamp_at` is the time that a trusted authority vouched for, `added` names what came after the signature.
    """

    field: str
    signer: str
    subject_id: str
    issuer: str
    serial: str
    signed_at: datetime | None
    timestamp_at: datetime | None
    end: int
    sha256: str
    intact: bool
    trouble: Trouble | None
    added: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What a file says of itself: `code` is the check code printed in it, `troubles` come worst first.

    `signed_size` is how many of the file's bytes its last whole signature covers, 0 where none does.
    """

    sha256: str
    size: int
    signed_size: int
    code: str
    signatures: tuple[Signed, ...]
    troubles: tuple[Trouble, ...]


def examine(data: bytes) -> Report:
    """Return the Report on a stranger's file, read in the sandbox; raises Busy, but nothing for what the file holds."""
    root = base64.b64encode(keys.trust_root().dump()).decode()
    try:
        found, _ = sandbox.run(examine_in_sandbox, data, roots=[root])
    except sandbox.Busy:
        raise
    except ValidationError as error:
        trouble = Trouble.COMPLEX if error.code == "complex" else Trouble.DAMAGED
        found = {"troubles": [trouble], "signatures": [], "signed_size": 0, "code": ""}
    return Report(
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        signed_size=found["signed_size"],
        code=found["code"],
        signatures=tuple(_signed(facts) for facts in found["signatures"]),
        troubles=tuple(map(Trouble, found["troubles"])),
    )


def _signed(facts: dict[str, Any]) -> Signed:
    times = {name: _time(facts[name]) for name in ("signed_at", "timestamp_at")}
    trouble = Trouble(facts["trouble"]) if facts["trouble"] else None
    return Signed(**facts | times | {"trouble": trouble, "added": tuple(facts["added"])})


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
