"""What other programs signed is not called tampered, or unsigned, because this one cannot read it."""

import pytest

from files.tests import samples
from signing.check import verify
from signing.check.findings import Trouble
from signing.check.tests import foreign, spoiling
from signing.check.verdict import check_file
from signing.tests import making

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("sign", "trouble"),
    [
        (samples.signed, Trouble.FOREIGN),
        (foreign.with_sha1, Trouble.FOREIGN),
        (foreign.with_wrapped_sha1, Trouble.UNCHECKED),
        (foreign.in_an_unknown_way, Trouble.UNCHECKED),
        (foreign.with_a_timestamp_only, Trouble.FOREIGN),
        (lambda data: foreign.with_proofs(samples.signed(data)), Trouble.FOREIGN),
    ],
    ids=["detached", "sha-1", "wrapped sha-1", "unknown", "timestamp only", "with proofs"],
)
def test_a_strangers_signature_is_a_strangers_and_no_more(sign, trouble):
    found = verify.examine(sign(making.paper()))

    assert [line.trouble for line in found.signatures] == [trouble]
    assert set(found.troubles) == {trouble}


def test_a_change_under_a_wrapped_digest_is_told():
    signed = foreign.with_wrapped_sha1(making.paper())

    assert verify.examine(spoiling.flip(signed, 0.1)).signatures[0].trouble == Trouble.TAMPERED


def test_our_own_file_with_a_garbled_signature_is_no_file_of_an_unknown_kind(document, sign_as):
    with sign_as(document).file.open("rb") as file:
        signed = file.read()
    start = signed.index(b"/Contents <") + len(b"/Contents <")
    garbled = signed[:start] + b"04" + signed[start + 2 :]

    finding = check_file(garbled)

    assert finding.troubles == (Trouble.DIFFERS,)
    assert finding.verdict == "bad"


def test_proofs_behind_our_signature_leave_it_good_and_a_changed_page_among_them_does_not(document, sign_as):
    with sign_as(document).file.open("rb") as file:
        signed = file.read()

    finding = check_file(foreign.with_proofs(signed))
    assert finding.troubles == (Trouble.UNRECORDED,)
    assert Trouble.APPENDED in check_file(foreign.with_proofs(spoiling.draw_over(signed))).troubles
    assert Trouble.APPENDED in check_file(spoiling.draw_over(foreign.with_proofs(signed))).troubles
