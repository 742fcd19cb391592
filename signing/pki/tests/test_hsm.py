"""Keys in a real PKCS#11 token: SoftHSM's."""

import shutil
import subprocess
from pathlib import Path

import pkcs11
import pytest
from django.core.exceptions import ImproperlyConfigured

from signing.check.verify import check
from signing.pki import keys

MODULE = next(Path("/usr").glob("lib/**/softhsm/libsofthsm2.so"), None)
pytestmark = pytest.mark.skipif(not (MODULE and shutil.which("softhsm2-util")), reason="needs softhsm2")


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    """Make a token; the library reads its configuration once per process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        command = "softhsm2-util --init-token --free --label bandian --pin 1234 --so-pin 5678"
        subprocess.run(command.split(), check=True, capture_output=True)
        yield folder


@pytest.fixture
def hsm(token, settings):
    settings.SIGNING_KEYS, settings.PKCS11_MODULE = "pkcs11", str(MODULE)
    settings.PKCS11_TOKEN, settings.PKCS11_PIN = "bandian", "1234"


def test_a_key_in_the_token_signs(hsm, document, sign_as, settings):
    with sign_as(document).file.open("rb") as file:
        [result] = check(file.read())

    assert result.is_good
    assert result.signer == "李晓明"
    [kept] = (settings.SIGNING_DIR / "signers").iterdir()
    assert b"PRIVATE KEY" not in kept.read_bytes()


def test_sg_11_a_key_in_the_token_cannot_be_read(hsm, db):
    handle = keys.signer_for("user-1", "李晓明")._key_handle

    assert handle[pkcs11.Attribute.SENSITIVE]
    assert not handle[pkcs11.Attribute.EXTRACTABLE]


def test_a_renewed_key_in_the_token_signs(hsm, db):
    before = keys.signer_for("user-1", "李晓明").signing_cert
    keys.revoke(f"{before.serial_number:x}", reason="授权终止")

    after = keys.signer_for("user-1", "李晓明").signing_cert

    assert after.serial_number != before.serial_number
    assert after.public_key.dump() != before.public_key.dump()


def test_a_wrong_pin_stops_with_the_settings_name(hsm, db, settings):
    settings.PKCS11_PIN = "4321"

    with pytest.raises(ImproperlyConfigured, match="PKCS11_PIN"):
        keys.signer_for("user-2", "李晓明")
