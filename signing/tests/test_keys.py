import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured

from signing import keys

PERSON = "user-7d1c1b0e"


def test_a_signer_keeps_the_certificate_over_restarts():
    first = keys.signer_for(PERSON, "李晓明").signing_cert
    keys._signer.cache_clear()
    keys._root.cache_clear()

    again = keys.signer_for(PERSON, "李晓明").signing_cert

    assert again.dump() == first.dump()
    assert again.subject.native["common_name"] == "李晓明"
    assert again.subject.native["serial_number"] == PERSON
    assert again.issuer == keys.trust_root().subject


def test_people_have_certificates_of_their_own():
    one, other = keys.signer_for("user-1", "李晓明").signing_cert, keys.signer_for("user-2", "李晓明").signing_cert

    assert one.public_key.dump() != other.public_key.dump()
    assert one.serial_number != other.serial_number


def test_a_new_name_gets_a_new_certificate():
    before = keys.signer_for(PERSON, "李晓明").signing_cert

    after = keys.signer_for(PERSON, "李小明").signing_cert

    assert after.subject.native["common_name"] == "李小明"
    assert after.serial_number != before.serial_number


def test_the_longest_name_fits_in_a_certificate():
    certificate = keys.signer_for(PERSON, "阿" * 25).signing_cert

    assert certificate.subject.native["common_name"] == "阿" * 21


def test_certificates_outlive_supply_contracts():
    lasts_until = keys.signer_for(PERSON, "李晓明").signing_cert.not_valid_after

    assert (lasts_until - datetime.now(UTC)).days > 9 * 365
    assert keys.trust_root().not_valid_after > lasts_until


def test_key_files_are_sealed_and_for_the_owner_only(settings):
    keys.signer_for(PERSON, "李晓明")

    files = [settings.SIGNING_DIR / "root.pem", *(settings.SIGNING_DIR / "signers").iterdir()]
    assert len(files) == 2
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"ENCRYPTED PRIVATE KEY" in file.read_bytes()
        assert PERSON not in file.name
    assert stat.S_IMODE(settings.SIGNING_DIR.stat().st_mode) == 0o700


@pytest.mark.parametrize("passphrase", ["another passphrase", ""])
def test_a_wrong_passphrase_stops_with_the_settings_name(passphrase, settings):
    keys.signer_for(PERSON, "李晓明")

    settings.SIGNING_PASSPHRASE = passphrase

    with pytest.raises(ImproperlyConfigured, match="SIGNING_PASSPHRASE"):
        keys.signer_for(PERSON, "李晓明")


def test_first_use_by_many_at_once_makes_one_root():
    with ThreadPoolExecutor(8) as pool:
        signers = list(pool.map(lambda number: keys.signer_for(f"user-{number % 4}", "李晓明"), range(16)))

    assert {signer.signing_cert.issuer.hashable for signer in signers} == {keys.trust_root().subject.hashable}
    assert len({signer.signing_cert.serial_number for signer in signers}) == 4
