import io

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name

from signing import keys
from signing.tests import making
from signing.verify import check


@pytest.fixture
def signed(document, sign_as):
    with sign_as(document).file.open("rb") as file:
        return file.read()


def test_a_pdf_without_signatures_has_no_results():
    assert check(making.paper()) == []


@pytest.mark.parametrize("data", [b"", b"no PDF", b"%PDF-1.7\n1 0 obj\n<<"])
def test_what_is_no_pdf_is_refused(data):
    with pytest.raises(ValidationError):
        check(data)


@pytest.mark.parametrize("position", [0.02, 0.3, 0.6])
def test_one_changed_byte_is_found(position, signed):
    data = bytearray(signed)
    data[int(len(data) * position)] ^= 1

    try:
        results = check(bytes(data))
    except ValidationError:
        return  # it broke the file as such

    assert not any(result.is_good for result in results)


def test_appended_bytes_are_found(signed):
    [result] = check(signed + b"\n% more\n")

    assert not result.covers_whole_file


def test_an_appended_change_of_a_page_is_found(signed):
    [result] = check(signed + appended_page_change(signed))

    assert (result.intact, result.is_good, result.changes) == (True, False, "OTHER")


def appended_page_change(data):
    """Return an incremental update that hides the page's content, as in a shadow attack."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0].obj
        number, root, size = page.objgen[0], pdf.Root.objgen[0], int(pdf.trailer.Size)
        page.Contents = Array()
        body = page.unparse(resolved=True)
    start = len(data)
    previous = int(data[data.rindex(b"startxref") :].split()[1])
    change = b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    return change + table % (number, start, size, root, previous, start + len(change))


def test_a_signature_of_strangers_is_not_trusted(signed, settings, tmp_path):
    settings.SIGNING_DIR = tmp_path / "other"
    keys.trust_root()

    [result] = check(signed)

    assert (result.intact, result.trusted, result.is_good) == (True, False, False)


def test_a_signature_field_filled_with_rubbish_is_not_good(document):
    def fill(pdf):
        pdf.Root.AcroForm.Fields[0].V = Dictionary(
            Type=Name.Sig, SubFilter=Name("/ETSI.CAdES.detached"), Contents=b"x" * 50, ByteRange=Array([0, 9, 99, 9])
        )

    with document.current.file.open("rb") as file:
        rubbish = making.edited(file.read(), fill)

    try:
        results = check(rubbish)
    except ValidationError:
        return

    assert not any(result.is_good for result in results)
