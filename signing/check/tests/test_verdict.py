"""A brought file beside the records: which stored version it is, and what became of certificates and codes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from signing.check.findings import Trouble
from signing.check.tests import spoiling
from signing.check.verdict import check_file, masked
from signing.evidence import report
from signing.models import Certificate
from signing.services import issue
from signing.tests import making


def bytes_of(row):
    with row.file.open("rb") as file:
        return file.read()


@pytest.fixture
def coded(customer):
    """A document for two signers; its check code is printed in it."""
    return issue(making.admitted(), title="高压供用电合同", signers=("customer", "supplier"), by=customer)


def test_the_current_version_is_recognised(document, sign_as):
    finding = check_file(bytes_of(sign_as(document)))

    assert finding.verdict == "good"
    assert finding.document == document
    assert finding.is_current
    assert finding.lines[0].record.signer.name == "李晓明"


def test_an_earlier_version_is_recognised_with_what_came_after(coded, sign_as):
    first = sign_as(coded)
    second = sign_as(coded, role="supplier")

    finding = check_file(bytes_of(first))

    assert (finding.verdict, finding.revision, finding.is_current) == ("good", first, False)
    assert finding.later == [second]


def test_the_frozen_file_is_recognised_without_signatures(document):
    finding = check_file(bytes_of(document.current))

    assert (finding.verdict, finding.lines) == ("good", ())


def test_sg_09_a_file_cut_within_a_signature_is_no_earlier_version(coded, sign_as):
    frozen, first, second = map(bytes_of, (coded.current, sign_as(coded), sign_as(coded, role="supplier")))
    for part in (0.02, 0.3, 0.6, 0.9, 0.995):
        for before, after in ((frozen, first), (first, second)):
            finding = check_file(after[: len(before) + int((len(after) - len(before)) * part)])

            assert (finding.verdict, finding.troubles) == ("bad", (Trouble.TRUNCATED,)), (part, len(after))


def test_sg_09_the_last_byte_is_missed(coded, sign_as):
    finding = check_file(bytes_of(sign_as(coded))[:-1])

    assert finding.troubles == (Trouble.TRUNCATED,)


def test_sg_09_a_stripped_file_is_named_by_its_code(coded, sign_as):
    signed = bytes_of(sign_as(coded))
    for spoil in (spoiling.strip, spoiling.strip_form):
        finding = check_file(spoil(signed))

        assert finding.troubles == (Trouble.STRIPPED,)
        assert finding.document == coded


def test_a_changed_file_that_nobody_signed_yet_differs(coded):
    finding = check_file(spoiling.save_again(bytes_of(coded.current)))

    assert (finding.verdict, finding.troubles) == ("bad", (Trouble.DIFFERS,))


def test_a_file_of_strangers_is_not_signed(db):
    assert check_file(making.paper()).troubles == (Trouble.UNSIGNED,)


def test_sg_09_junk_is_a_caution_and_the_signature_is_on_record(document, sign_as):
    finding = check_file(spoiling.append_junk(bytes_of(sign_as(document))))

    assert (finding.verdict, finding.troubles) == ("caution", (Trouble.JUNK,))
    assert finding.document == document
    assert finding.lines[0].record


def test_another_document_than_the_code_says_is_named(document, coded, sign_as):
    finding = check_file(bytes_of(sign_as(document)), wanted=coded)

    assert (finding.verdict, finding.troubles) == ("bad", (Trouble.OTHER_DOCUMENT,))


def test_a_signature_made_after_the_revocation_is_not_trusted(document, sign_as):
    revision = sign_as(document)
    for minutes, troubles in ((-5, (Trouble.REVOKED,)), (5, ())):
        revoked_at = revision.signature.signed_at + timedelta(minutes=minutes)
        Certificate.objects.update_or_create(
            serial=revision.signature.certificate_serial,
            defaults={"revoked_at": revoked_at, "not_before": timezone.now(), "not_after": timezone.now()},
        )

        assert check_file(bytes_of(revision)).troubles == troubles, minutes


def test_the_report_on_a_document_is_recognised(document, sign_as):
    sign_as(document)
    made = report.of(document)

    finding = check_file(bytes_of(made))

    assert (finding.verdict, finding.evidence, finding.document) == ("good", made, document)


def test_sg_09_a_spoiled_report_is_named(document):
    spoiled = spoiling.flip(bytes_of(report.of(document)))

    assert check_file(spoiled).troubles == (Trouble.TAMPERED,)


@pytest.mark.parametrize(("name", "shown"), [("李晓明", "李*明"), ("李明", "李*"), ("欧阳小明", "欧**明")])
def test_names_are_masked(name, shown):
    assert masked(name) == shown
