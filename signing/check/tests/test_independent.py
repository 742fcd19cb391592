"""What other programs say of our files, and what we do with theirs."""

import io
import json
import shutil
import subprocess

import pikepdf
import pypdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from conftest import find_chromium
from signing.check.verify import check
from signing.pki import keys, pades
from signing.services import issue
from signing.tests import making


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"needs {program}")


def run(*command, cwd=None):
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


@pytest.fixture
def signed(document, sign_as):
    return sign_as(document).file.path


def test_pyhanko_finds_a_pades_signature_that_covers_the_whole_file(signed):
    with open(signed, "rb") as stream:
        [signature] = PdfFileReader(stream, strict=True).embedded_signatures
        status = validate_pdf_signature(signature, ValidationContext(trust_roots=[keys.trust_root()]))

        assert status.bottom_line
        assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
        assert signature.sig_object["/Reason"] == "签署《高压供电方案答复单》"
        assert signature.sig_object["/Name"] == "李晓明"


def test_pyhanko_runs_where_an_event_loop_runs_already():
    async def nothing():
        return "done"

    async def inside():
        return pades.finish(nothing())

    assert pades.finish(inside()) == "done"


@needs("pdfsig")
def test_pdfsig_finds_every_signature_valid(customer, sign_as):
    document = issue(making.admitted(), title="合同", signers=("customer", "supplier"), by=customer)
    sign_as(document)
    path = sign_as(document, role="supplier").file.path

    report = run("pdfsig", path).stdout

    assert report.count("Signature is Valid") == 2
    assert report.count("Total document signed") == 1
    assert report.count("ETSI.CAdES.detached") == 2
    assert "李晓明" in report


@needs("pdfsig")
def test_pdfsig_finds_a_changed_byte(signed, tmp_path):
    with open(signed, "rb") as file:
        data = file.read().replace(b"/Producer", b"/Broducer", 1)
    (tmp_path / "changed.pdf").write_bytes(data)

    assert "Digest Mismatch" in run("pdfsig", tmp_path / "changed.pdf").stdout


@needs("qpdf")
def test_qpdf_finds_nothing_wrong(signed):
    report = run("qpdf", "--check", signed)

    assert (report.returncode, report.stderr) == (0, "")


@needs("mutool")
def test_mupdf_finds_no_change_since_signing(signed):
    report = run("mutool", "sign", "-v", signed).stdout

    assert "document has not changed" in report or "unchanged" in report, report


def assert_signs_cleanly(data, sign_as, customer):
    document = issue(data, title="供电方案", by=customer)
    revision = sign_as(document)
    with revision.file.open("rb") as file:
        [result] = check(file.read())
    assert result.is_good
    assert result.covers_whole_file
    assert revision.size - document.revisions.get(number=0).size < 20_000
    return document.fields.get()


@pytest.mark.skipif(not find_chromium(), reason="needs Chromium")
def test_a_page_printed_by_chromium_is_signed_in_its_table(tmp_path, sign_as, customer):
    (tmp_path / "page.html").write_text(
        "<meta charset=utf-8><style>td{border:1px solid;width:300px;height:90px}</style>"
        "<p>客户签字后生效。<table><tr><td>供电企业（盖章）：<td>客户签字（盖章）：</table>"
    )
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--print-to-pdf=out.pdf"]
    run(find_chromium(), *options, "page.html", cwd=tmp_path)

    field = assert_signs_cleanly((tmp_path / "out.pdf").read_bytes(), sign_as, customer)

    assert field.page == 0
    assert field.x0 > 280


def with_object_streams(data):
    return making.edited(data, lambda pdf: None, object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True)


def merged_by_pypdf(data):
    writer, stream = pypdf.PdfWriter(), io.BytesIO()
    writer.append(io.BytesIO(data))
    writer.append(io.BytesIO(data))
    writer.write(stream)
    return stream.getvalue()


def appended_by_pypdf(data):
    writer, stream = pypdf.PdfWriter(io.BytesIO(data), incremental=True), io.BytesIO()
    writer.add_metadata({"/Title": "x"})
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize("remake", [with_object_streams, merged_by_pypdf, appended_by_pypdf])
def test_files_of_other_libraries_are_signed(remake, sign_as, customer):
    assert_signs_cleanly(remake(making.paper()), sign_as, customer)


@needs("pdftocairo")
def test_a_file_of_cairo_is_signed(tmp_path, sign_as, customer):
    (tmp_path / "in.pdf").write_bytes(making.paper())
    run("pdftocairo", "-pdf", "in.pdf", "out.pdf", cwd=tmp_path)

    assert assert_signs_cleanly((tmp_path / "out.pdf").read_bytes(), sign_as, customer).page == 0


@needs("qpdf")
def test_the_file_before_signing_is_one_plain_base(document):
    described = json.loads(run("qpdf", "--json=2", "--json-key=acroform", document.current.file.path).stdout)

    [field] = described["acroform"]["fields"]
    assert (field["fullname"], field["fieldtype"], field["value"]) == ("customer", "/Sig", None)
