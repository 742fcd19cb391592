"""Says of every signature in a PDF who made it, when, and whether anything changed since."""

import io
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from signing import keys, pades


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

    @property
    def is_good(self):
        """Whether the bytes it covers are unchanged, it is the platform's, and only signing followed."""
        return self.intact and self.trusted and self.changes not in ("OTHER", "ANNOTATIONS")


def check(data: bytes) -> list[Result]:
    """Return a Result per signature, oldest first; none for a PDF without. Not for coroutines: it blocks.

    Raises ValidationError where the bytes are no readable PDF.
    """
    return check_stream(io.BytesIO(data))


def check_stream(stream):
    """Like `check`, reading a seekable file piece by piece."""
    trusted = ValidationContext(trust_roots=[keys.trust_root()], allow_fetching=False)
    try:
        reader = PdfFileReader(stream, strict=False)
        return [_result(signature, trusted) for signature in reader.embedded_regular_signatures]
    except (PdfReadError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValidationError("文件已损坏，无法读取其中的签名。", code="damaged") from error


def _result(signature, trusted):
    try:
        status = pades.finish(async_validate_pdf_signature(signature, trusted))
    except SignatureValidationError:
        return Result(signature.field_name, "", None, False, False, False, "OTHER")
    return Result(
        field=signature.field_name,
        signer=status.signing_cert.subject.native.get("common_name", ""),
        signed_at=status.signer_reported_dt,
        intact=bool(status.intact and status.valid),
        trusted=status.trusted,
        covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        changes=(status.modification_level or ModificationLevel.NONE).name,
    )
