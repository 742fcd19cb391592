"""What is said of files that were spoiled, by us and by a program that knows nothing of us."""

import base64
import hashlib
import shutil
import subprocess

import pytest
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Encryption, Name

from bandian.tests import again
from files import sandbox
from signing.check.findings import Trouble
from signing.check.tests import spoiling
from signing.check.verify import check, examine
from signing.models import Revision
from signing.pki import keys
from signing.tests import making

MUTATIONS = 200


@pytest.fixture
def signed(document, sign_as):
    made = again.again("signed", lambda: sign_as(document).pk)
    with Revision.objects.get(pk=made).file.open("rb") as file:
        return file.read()


def pdfsig(data, folder):
    """Return what poppler says of the signatures."""
    (folder / "file.pdf").write_bytes(data)
    report = subprocess.run(["pdfsig", "-nocert", folder / "file.pdf"], capture_output=True, text=True, check=False)
    return report.stdout + report.stderr


def looks_whole(words):
    return "Signature is Valid" in words and "- Total document signed" in words


needs_pdfsig = pytest.mark.skipif(not shutil.which("pdfsig"), reason="needs pdfsig")


def test_a_pdf_without_signatures_has_no_results():
    assert check(making.paper()) == []


@pytest.mark.parametrize("data", [b"", b"no PDF", b"%PDF-1.7\n1 0 obj\n<<"])
def test_what_is_no_pdf_is_refused(data):
    with pytest.raises(ValidationError):
        check(data)


def test_a_result_names_the_certificate_and_its_owner(signed, customer):
    [result] = check(signed)

    assert result.is_good
    assert result.covers_whole_file
    assert result.subject_id == f"user-{customer.pk}"
    assert int(result.serial, 16) > 0


def test_an_untouched_file_has_no_trouble(signed, customer):
    report = examine(signed)

    [signature] = report.signatures
    assert report.troubles == ()
    assert (signature.signer, signature.subject_id) == ("李晓明", f"user-{customer.pk}")
    assert signature.intact
    assert signature.sha256 == report.sha256


SPOILED = [
    (spoiling.flip, Trouble.TAMPERED, []),
    (spoiling.annotate, Trouble.APPENDED, ["批注"]),
    (spoiling.draw_over, Trouble.APPENDED, ["页面内容"]),
    (spoiling.replace_page, Trouble.APPENDED, ["页面内容"]),
    (spoiling.strip, Trouble.UNSIGNED, None),
    (spoiling.strip_form, Trouble.UNSIGNED, None),
    (spoiling.save_again, Trouble.RESAVED, []),
    (spoiling.save_by_pypdf, Trouble.RESAVED, []),
    (spoiling.cut, Trouble.TRUNCATED, None),
    (spoiling.append_junk, Trouble.JUNK, []),
]


@needs_pdfsig
def test_sg_09_tampering_is_named_and_seen_by_poppler_too(signed, tmp_path):
    assert looks_whole(pdfsig(signed, tmp_path))

    found = {}
    for spoil, *_ in SPOILED:
        spoiled = spoil(signed)
        report = examine(spoiled)
        added = list(report.signatures[0].added) if report.signatures else None
        found[spoil.__name__] = (report.troubles, added, looks_whole(pdfsig(spoiled, tmp_path)))

    assert found == {
        spoil.__name__: (() if trouble == Trouble.UNSIGNED else (trouble,), added, False)
        for spoil, trouble, added in SPOILED
    }


def test_sg_09_one_changed_byte_is_found_in_our_own_files(signed):
    for position in (0.02, 0.3, 0.6):
        try:
            results = check(spoiling.flip(signed, position))
        except ValidationError:
            continue  # it broke the file as such

        assert not any(result.is_good for result in results), position


def test_sg_09_appended_bytes_are_found_in_our_own_files(signed):
    [result] = check(signed + b"\n% more\n")

    assert not result.covers_whole_file


def test_sg_09_a_hidden_page_is_found_in_our_own_files(signed):
    [result] = check(spoiling.replace_page(signed))

    assert (result.intact, result.is_good, result.changes) == (True, False, "OTHER")


def test_sg_09_a_signature_of_strangers_is_named(signed, settings, tmp_path):
    ours = keys.trust_root().dump()
    settings.SIGNING_DIR = tmp_path / "other"
    assert keys.trust_root().dump() != ours

    [result] = check(signed)
    report = examine(signed)

    assert (result.intact, result.trusted, result.is_good) == (True, False, False)
    assert report.troubles == (Trouble.FOREIGN,)


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
def test_sg_09_openssl_tells_strangers_from_us_too(signed, settings, tmp_path):
    gap = next(part for part in signed.split(b"/Contents <")[1:])
    (tmp_path / "cms").write_bytes(bytes.fromhex(gap[: gap.index(b">")].decode()))
    start = signed.index(b"/Contents <") + len(b"/Contents ")
    (tmp_path / "covered").write_bytes(signed[:start] + signed[start + gap.index(b">") + 2 :])
    ours = keys.trust_root().dump()
    settings.SIGNING_DIR = tmp_path / "other"

    answers = {}
    for name, root in (("ours", ours), ("strangers", keys.trust_root().dump())):
        (tmp_path / "root").write_bytes(root)
        command = "openssl cms -verify -binary -purpose any -inform DER -in cms -content covered -out /dev/null"
        command = [*command.split(), "-CAfile", "root.pem"]
        subprocess.run(
            ["openssl", "x509", "-inform", "DER", "-in", "root", "-out", "root.pem"], cwd=tmp_path, check=True
        )
        answers[name] = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert answers["ours"] == 0
    assert answers["strangers"] != 0


def test_a_file_with_a_password_is_named(signed):
    locked = making.edited(signed, lambda pdf: None, encryption=Encryption(user="a", owner="b"))

    assert examine(locked).troubles == (Trouble.ENCRYPTED,)


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n"])
def test_what_is_no_pdf_is_named(data):
    assert examine(data).troubles == (Trouble.NO_PDF,)


def test_a_signature_field_filled_with_rubbish_is_not_good(document):
    def fill(pdf):
        pdf.Root.AcroForm.Fields[0].V = Dictionary(
            Type=Name.Sig, SubFilter=Name("/ETSI.CAdES.detached"), Contents=b"x" * 50, ByteRange=Array([0, 9, 99, 9])
        )

    with document.current.file.open("rb") as file:
        rubbish = making.edited(file.read(), fill)

    assert examine(rubbish).troubles
    try:
        results = check(rubbish)
    except ValidationError:
        return
    assert not any(result.is_good for result in results)


def test_sg_09_no_mutation_passes_or_breaks_the_check(signed):
    roots = [base64.b64encode(keys.trust_root().dump()).decode()]

    found, _ = sandbox.run(spoiling.examine_mutants, signed, roots=roots, count=MUTATIONS)

    # Where the file by itself shows no trouble, its bytes up to the signature are not those on record.
    untouched = hashlib.sha256(signed).hexdigest()
    assert len(found) == MUTATIONS
    assert [each for each in found if not each["troubles"] and untouched in each["sha256"]] == []
