import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from asn1crypto import pem
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Enterprise
from signing.check.verify import check
from signing.models import Certificate, Signature
from signing.pki import authority, keyfiles, keys
from signing.services import issue
from signing.tests import making

PERSON = "user-7d1c1b0e"


def certificate(subject_id=PERSON, name="李晓明"):
    return keys.signer_for(subject_id, name).signing_cert


def row():
    return Certificate.objects.get(serial=f"{certificate().serial_number:x}")


def test_a_signer_keeps_the_certificate_over_restarts(db):
    first = certificate()
    keyfiles._signer.cache_clear()
    authority._root.cache_clear()

    again = certificate()

    assert again.dump() == first.dump()
    assert again.subject.native["common_name"] == "李晓明"
    assert again.subject.native["serial_number"] == PERSON
    assert again.issuer == keys.trust_root().subject


def test_au_28_passphrase_that_does_not_open_the_keys_stops_the_start(db, settings):
    certificate()
    call_command("check")

    settings.SIGNING_PASSPHRASE = "another passphrase"

    with pytest.raises(SystemCheckError, match="SIGNING_PASSPHRASE does not open"):
        call_command("check")


def test_people_have_certificates_of_their_own(db):
    one, other = certificate("user-1"), certificate("user-2")

    assert one.public_key.dump() != other.public_key.dump()
    assert one.serial_number != other.serial_number


def test_an_enterprise_is_named_whole_and_the_platform_by_its_own_name(db):
    name = "示例国家电网江苏省电力有限公司南京市江宁区供电分公司"

    subject = certificate("enterprise-1", name).subject.native
    platform = keys.platform_signer().signing_cert.subject.native

    assert (subject["organization_name"], subject["serial_number"]) == (name, "enterprise-1")
    assert name.startswith(subject["common_name"])
    assert len(subject["common_name"]) == 21  # 64 bytes
    assert (platform["common_name"], platform["serial_number"]) == ("办电 E 助手平台", "platform")


def test_each_certificate_has_a_row_that_comes_back_after_a_rollback(db):
    with transaction.atomic():
        issued = certificate()
        transaction.set_rollback(True)
    assert not Certificate.objects.exists()

    certificate()

    [found] = Certificate.objects.all()
    assert found.serial == f"{issued.serial_number:x}"
    assert (found.subject_id, found.name, found.revoked_at) == (PERSON, "李晓明", None)
    assert (found.not_before, found.not_after) == (issued.not_valid_before, issued.not_valid_after)


def test_certificates_outlive_supply_contracts(db):
    lasts_until = certificate().not_valid_after

    assert (lasts_until - datetime.now(UTC)).days > 9 * 365
    assert keys.trust_root().not_valid_after > lasts_until


def test_sg_11_rotation_keeps_old_signatures_valid(customer, sign_as):
    lines = [(70, 300, "供电人（盖章）："), (330, 300, "用电人（签字或盖章）：")]
    document = issue(making.admitted(lines), title="合同", signers=("supplier", "customer"), by=customer)
    sign_as(document, role="supplier")
    first = certificate(f"user-{customer.pk}", str(customer))
    customer.name = "李小明"
    sign_as(document)

    with document.current.file.open("rb") as file:
        results = check(file.read())

    assert [result.signer for result in results] == ["李晓明", "李小明"]
    assert all(result.is_good for result in results)
    assert first.serial_number != certificate(f"user-{customer.pk}", "李小明").serial_number


def test_sg_11_a_certificate_near_its_end_is_renewed(db):
    before = certificate()

    with time_machine.travel(before.not_valid_after - timedelta(days=300), tick=False):
        after = certificate()

    assert after.serial_number != before.serial_number
    assert after.not_valid_after > before.not_valid_after


def test_sg_11_key_files_are_sealed_and_for_the_owner_only(db, settings):
    certificate()

    files = [settings.SIGNING_DIR / "root.pem", *(settings.SIGNING_DIR / "signers").iterdir()]
    assert len(files) == 2
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"ENCRYPTED PRIVATE KEY" in file.read_bytes()
        assert PERSON not in file.name
    for folder in (settings.SIGNING_DIR, settings.SIGNING_DIR / "signers"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_sg_11_no_private_key_is_in_the_database_or_the_log(document, sign_as, caplog, customer):
    caplog.set_level("DEBUG")
    sign_as(document)
    signer = keys.signer_for(f"user-{customer.pk}", str(customer))
    secret = signer.signing_key["private_key"].parsed["private_key"].native
    needles = [f"{secret:064x}", str(secret), pem.armor("PRIVATE KEY", signer.signing_key.dump()).decode()[28:80]]

    dump = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            dump += map(repr, cursor.fetchall())

    text = "\n".join(dump) + caplog.text
    assert f"{signer.signing_cert.serial_number:x}" in text  # the rows were read
    assert "PRIVATE KEY" not in text
    assert not any(needle in text for needle in needles)


@pytest.mark.parametrize("passphrase", ["another passphrase", ""])
def test_a_wrong_passphrase_stops_with_the_settings_name(passphrase, db, settings):
    certificate()

    settings.SIGNING_PASSPHRASE = passphrase

    with pytest.raises(ImproperlyConfigured, match="SIGNING_PASSPHRASE"):
        certificate()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_first_use_by_many_at_once_makes_one_root_and_one_row_each():
    def use(number):
        try:
            return keys.signer_for(f"user-{number % 4}", "李晓明")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        signers = list(pool.map(use, range(16)))

    assert {signer.signing_cert.issuer.hashable for signer in signers} == {keys.trust_root().subject.hashable}
    assert len({signer.signing_cert.serial_number for signer in signers}) == 4
    assert Certificate.objects.count() == 4


def test_a_revoked_certificate_is_replaced_at_the_next_signature(document, sign_as, customer):
    sign_as(document)
    serial = Signature.objects.get().certificate_serial
    call_command("revoke_certificate", serial, reason="授权终止")

    sign_as(issue(making.admitted(), title="另一份", by=customer))

    assert keys.revoked_at(serial) >= Signature.objects.first().signed_at
    other = Signature.objects.exclude(certificate_serial=serial).get().certificate_serial
    assert keys.revoked_at(other) is None
    assert keys.revoked_at("0") is None


def test_a_revocation_that_cannot_be_says_why(db):
    serial = row().serial
    keys.revoke(serial, reason="授权终止")

    with pytest.raises(ValidationError, match="已于"):
        keys.revoke(serial, reason="再来一次")
    with pytest.raises(CommandError, match="没有序列号"):
        call_command("revoke_certificate", "abc", reason="授权终止")
    assert Certificate.objects.get(serial=serial).revocation_reason == "授权终止"


def test_strangers_get_the_root_and_a_list_that_openssl_trusts(client, db, tmp_path, settings):
    issued = certificate()
    keys.revoke(f"{issued.serial_number:x}", reason="授权终止")

    root, crl = client.get(reverse("pki:root")), client.get(reverse("pki:crl"))

    [point] = issued.crl_distribution_points
    assert point.url == f"{settings.SITE_URL}/pki/crl.der"
    assert (root["Content-Type"], crl["Content-Type"]) == ("application/pkix-cert", "application/pkix-crl")
    assert root.content == keys.trust_root().dump()
    files = {"root.pem": pem.armor("CERTIFICATE", root.content), "crl.pem": pem.armor("X509 CRL", crl.content)}
    files |= {"old.pem": pem.armor("CERTIFICATE", issued.dump())}
    files |= {"new.pem": pem.armor("CERTIFICATE", certificate().dump())}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    command = ["openssl", "verify", "-crl_check", "-CAfile", "root.pem", "-CRLfile", "crl.pem"]
    old, new = (
        subprocess.run([*command, name], cwd=tmp_path, capture_output=True, text=True, check=False)
        for name in ("old.pem", "new.pem")
    )
    assert "certificate revoked" in old.stderr
    assert new.stdout == "new.pem: OK\n", new.stderr


def test_a_signature_by_a_verified_enterprise_bears_its_certificate(document, sign_as, customer):
    customer.enterprise = Enterprise.objects.create(
        name="示例机械有限公司",
        credit_code="91110105MA0DEM013Y",
        legal_representative="王建国",
        address="示例路",
        verified_at=timezone.now(),
    )

    sign_as(document)

    [found] = Certificate.objects.all()
    assert found.subject_id == f"enterprise-{customer.enterprise.pk}"
    assert Signature.objects.get().certificate_serial == found.serial
