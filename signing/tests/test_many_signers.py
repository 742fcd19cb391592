"""A paper that two, or ten, sign one after the other, as every program at hand reads it."""

import io
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from signing.enums import SealKind, SealOrigin
from signing.marks.appearance import Mark
from signing.marks.handwriting import Strokes
from signing.models import Seal
from signing.pki import keys, pades
from signing.tests import making

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PROGRAMS = ("pdfsig", "qpdf", "mutool")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not all(map(shutil.which, PROGRAMS)), reason="needs pdfsig, qpdf and mutool"),
]


def with_fields(count):
    """Return a paper with so many empty fields, two in a row."""
    stream = io.BytesIO(making.paper())
    writer = IncrementalPdfFileWriter(stream)
    for number in range(count):
        left, low = 60 + 240 * (number % 2), 100 + 130 * (number // 2)
        append_signature_field(
            writer, SigFieldSpec(f"party{number}", on_page=0, box=(left, low, left + 220, low + 120))
        )
    writer.write_in_place()
    return stream


def sign_in_turn(stream, count):
    """Let each party seal and sign; return the file's bytes before the first and after each signature."""
    versions = [stream.getvalue()]
    for number in range(count):
        name = f"演示第{number}有限公司"
        seal = Seal(kind=SealKind.OFFICIAL, origin=SealOrigin.GENERATED, text=name, size_mm=42)
        at = AT + timedelta(minutes=number)
        pades.append(
            stream,
            f"party{number}",
            signer=keys.signer_for(f"user-{number}", name),
            mark=Mark(Strokes.parse(making.pad()), seal, "李晓明", at),
            name="李晓明",
            reason="签署",
            location="平台",
            signed_at=at,
        )
        versions.append(stream.getvalue())
    return versions


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("count", [2, 10])
def test_every_program_finds_all_signatures_valid_and_the_last_over_all(count, tmp_path):
    versions = sign_in_turn(with_fields(count), count)
    path = tmp_path / "signed.pdf"
    path.write_bytes(versions[-1])

    assert all(after.startswith(before) for before, after in pairwise(versions))
    trusted = ValidationContext(trust_roots=[keys.trust_root()])
    found = PdfFileReader(io.BytesIO(versions[-1]), strict=True).embedded_regular_signatures
    states = [validate_pdf_signature(signature, trusted) for signature in found]
    assert [state.bottom_line for state in states] == [True] * count
    assert states[-1].coverage == SignatureCoverageLevel.ENTIRE_FILE
    report = run("pdfsig", path).stdout
    assert report.count("Signature is Valid") == count
    assert report.count("Total document signed") == 1
    check = run("qpdf", "--check", path)
    assert (check.returncode, check.stderr) == (0, "")
    # MuPDF: every digest right, nothing after the last; what came after the others it counts as edits.
    report = run("mutool", "sign", "-v", path).stdout
    assert report.count("valid but there have been edits") == count - 1
    assert report.count("unchanged since signing") == 1
