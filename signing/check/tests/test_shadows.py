"""What shows beyond what was signed: told as a change whatever way it came into the file, and shown."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from signing.check import additions
from signing.check.findings import Trouble
from signing.check.tests import spoiling
from signing.check.verdict import check_file
from signing.services import issue
from signing.tests import making


@pytest.fixture
def first(customer, sign_as):
    """A document that one of its two parties signed."""
    document = issue(making.admitted(), title="高压供用电合同", signers=("customer", "supplier"), by=customer)
    with sign_as(document).file.open("rb") as file:
        return file.read()


SHADOWS = [
    (spoiling.whiten, (1,)),
    (spoiling.add_page, (3,)),
    (spoiling.write_over, (1,)),
    (spoiling.write_over_behind_padding, (1,)),  # PDFium shows what was signed, others do not
    (spoiling.write_over_in_a_table_of_its_own, (1,)),
    (spoiling.put_another_behind, (1, 2)),
    (spoiling.write_over_without_an_end, ()),  # neither engine shows it: told all the same
]


def test_sg_18_what_shows_beyond_the_signed_is_told_as_changed(first):
    findings = {spoil.__name__: check_file(spoil(first)) for spoil, _ in SHADOWS}

    told = {name: (found.verdict, found.troubles, found.lines[0].signed.signer) for name, found in findings.items()}
    assert told == dict.fromkeys(findings, ("bad", (Trouble.APPENDED,), "李晓明"))
    expected = {spoil.__name__: pages for spoil, pages in SHADOWS}
    assert {name: found.drawn.differing for name, found in findings.items()} == expected
    shown = {name: tuple(page.number for page in found.drawn.pages) for name, found in findings.items()}
    assert shown == expected


def test_sg_18_a_string_in_a_signature_field_is_an_update(first):
    finding = check_file(spoiling.write_into_empty_field(first))

    assert finding.troubles == (Trouble.APPENDED,)
    assert finding.lines[0].signed.added == ("表单域或签名域",)


def test_sg_18_a_range_that_claims_the_same_end_hides_no_signature(first):
    decoy = b"/ByteRange [0 5 6 %d]" % (len(first) - 6)

    assert check_file(spoiling.put_another_behind(first + decoy)).troubles == (Trouble.APPENDED,)


def test_sg_18_what_shows_nothing_is_a_caution_after_the_pages_were_compared(first):
    for tail in (b"\n", b"\0" * 4000, b"% printed twice\n"):
        finding = check_file(first + tail)

        assert (finding.verdict, finding.troubles) == ("caution", (Trouble.JUNK,)), tail
        assert (finding.drawn.is_same, finding.drawn.is_whole) == (True, True), tail


def test_sg_18_what_a_viewer_would_read_on_is_never_harmless(first):
    for tail in (b"5 0 obj", b"xref", b"trailer", b"startxref 9", b"%PDF-1.7"):
        assert not additions.is_harmless(b"\n" + tail + b"\n"), tail
        assert Trouble.APPENDED in check_file(first + b"\n" + tail + b"\n").troubles, tail


def test_sg_18_the_page_shows_both_pictures(client, first):
    file = SimpleUploadedFile("合同.pdf", spoiling.whiten(first), "application/pdf")
    text = client.post("/check/", {"file": file}).content.decode()

    assert "核验不通过：签名之后，文件被追加了修改" in text
    assert "第 1 页与签署时不同" in text
    assert text.count('<img src="data:image/jpeg;base64,') == 2
