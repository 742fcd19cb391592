"""Private keys in an HSM behind PKCS#11: made there, used there, and never to be read.

Their certificates are the local authority's and lie in SIGNING_DIR; a key's id in the token is its certificate's serial
number. The library and python-pkcs11 are loaded only where SIGNING_KEYS names this module.
"""

import threading
from collections.abc import Callable
from functools import lru_cache

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pyhanko.sign.pkcs11 import PKCS11Signer
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.pki import keyfiles

# A session does one thing at a time.
_turn = threading.RLock()


class TokenKeys:
    """One key pair per signer in the token PKCS11_TOKEN (see signing.pki.keys.KeyStore)."""

    def current(self, subject_id: str) -> x509.Certificate | None:
        file = keyfiles.signer_file(subject_id, ".crt")
        return x509.load_pem_x509_certificate(file.read_bytes()) if file.exists() else None

    def renew(self, subject_id: str, issue: Callable[..., x509.Certificate]) -> None:
        serial_number, file = x509.random_serial_number(), keyfiles.signer_file(subject_id, ".crt")
        with _turn:
            curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            parameters = _session().create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
            made, _ = parameters.generate_keypair(store=True, id=_id(serial_number), label=file.stem)
            public_key = serialization.load_der_public_key(encode_ec_public_key(made))
        certificate = issue(public_key, serial_number=serial_number)
        keyfiles.write(file, certificate.public_bytes(serialization.Encoding.PEM))

    def signer(self, subject_id: str, certificate: x509.Certificate) -> Signer:
        return _signer(certificate)


class _TokenSigner(PKCS11Signer):
    # pyHanko's registers the signer's certificate too, and then a signature carries it twice.
    cert_registry = SimpleCertificateStore()

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        with _turn:
            try:
                return await super().async_sign_raw(data, digest_algorithm, dry_run)
            except pkcs11.PKCS11Error:
                # E.g. the HSM was started anew: the next signature opens a session of its own.
                _signer.cache_clear()
                _opened.cache_clear()
                raise


@lru_cache(maxsize=1024)
def _signer(certificate: x509.Certificate) -> _TokenSigner:
    with _turn:
        facts = {"signing_cert": keyfiles.converted(certificate), "key_id": _id(certificate.serial_number)}
        signer = _TokenSigner(_session(), **facts, use_raw_mechanism=True)  # raw: not every token hashes by itself
        signer.signing_cert  # noqa: B018 - finds the key, while it is this thread's turn
        return signer


def _session() -> pkcs11.Session:
    return _opened(settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.PKCS11_PIN)


@lru_cache(maxsize=1)
def _opened(module: str, token: str, pin: str) -> pkcs11.Session:
    try:
        return pkcs11.lib(module).get_token(token_label=token).open(rw=True, user_pin=pin)  # rw: makes keys, too
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        message = f"PKCS11_MODULE, PKCS11_TOKEN, PKCS11_PIN: the token does not open ({type(error).__name__})."
        raise ImproperlyConfigured(message) from error


def _id(serial_number: int) -> bytes:
    return serial_number.to_bytes(20, "big")
