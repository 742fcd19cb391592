"""The platform's own certificate authority and one certificate per signer, made at first use in SIGNING_DIR.

`signer_for` and `trust_root` are all that the rest knows: a licensed CA or an HSM takes their place here.
"""

import fcntl
import hashlib
import os
import tempfile
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from asn1crypto.tsp import SigningCertificateV2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pyhanko.sign.attributes import CMSAttributeProvider, SignedAttributeProviderSpec
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

_ORGANISATION = "办电 E 助手"
_ROOT_NAME = "办电 E 助手平台签名根证书"
_ROOT_DAYS, _SIGNER_DAYS = 20 * 365, 10 * 365
# A certificate is made anew before it gets so close to its end.
_RENEW_DAYS = 365
_threads = threading.Lock()


def signer_for(subject_id: str, name: str) -> SimpleSigner:
    """Return the signer of a person; `subject_id` is stable ("user-<uuid>"), a new name gets a new certificate.

    Raises ImproperlyConfigured where SIGNING_PASSPHRASE does not open the keys.
    """
    return _signer(str(settings.SIGNING_DIR), settings.SIGNING_PASSPHRASE, subject_id, name)


def trust_root() -> asn1_x509.Certificate:
    """Return the certificate that every signature of the platform is traced back to."""
    return _converted(_root(str(settings.SIGNING_DIR), settings.SIGNING_PASSPHRASE)[1])


@lru_cache(maxsize=1024)
def _signer(directory, passphrase, subject_id, name):
    root_key, root = _root(directory, passphrase)
    name = name.strip().encode()[:64].decode(errors="ignore")  # the most that X.509 holds
    file = Path(directory) / "signers" / f"{hashlib.sha256(subject_id.encode()).hexdigest()[:40]}.pem"
    with _locked(directory):
        key, certificate = _load(file, passphrase) if file.exists() else (None, None)
        if certificate is None or _is_stale(certificate, root, name):
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = _issue(key, root_key, root, name, subject_id)
            _store(file, passphrase, key, certificate)
    store = SimpleCertificateStore()
    store.register(_converted(root))
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    signer = SimpleSigner(
        signing_cert=_converted(certificate), signing_key=asn1_keys.PrivateKeyInfo.load(der), cert_registry=store
    )
    signer.signed_attr_prov_spec = _NamesCertificate(signer.signing_cert)
    return signer


class _NamesCertificate(SignedAttributeProviderSpec, CMSAttributeProvider):
    """The one signed attribute of PAdES, encoded once per signer: asn1crypto would do it hundreds of times."""

    attribute_type = "signing_certificate_v2"

    def __init__(self, certificate):
        self._encoded = as_signing_certificate_v2(certificate).dump()

    def signed_attr_providers(self, data_digest, digest_algorithm):
        yield self

    async def build_attr_value(self, dry_run=False):
        return SigningCertificateV2.load(self._encoded)


@lru_cache(maxsize=8)
def _root(directory, passphrase):
    if not passphrase:
        raise ImproperlyConfigured("SIGNING_PASSPHRASE: the signing keys need a passphrase.")
    file = Path(directory) / "root.pem"
    with _locked(directory):
        if not file.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            _store(file, passphrase, key, _issue_root(key))
        return _load(file, passphrase)


@contextmanager
def _locked(directory):
    """Let one thread of one process at a time make keys."""
    path = Path(directory)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _threads, (path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _load(file, passphrase):
    data = file.read_bytes()
    try:
        key = serialization.load_pem_private_key(data, passphrase.encode())
    except (ValueError, TypeError) as error:
        message = f"SIGNING_PASSPHRASE does not open {file}. Set the passphrase that the key was made with."
        raise ImproperlyConfigured(message) from error
    return key, x509.load_pem_x509_certificate(data)


def _store(file, passphrase, key, certificate):
    sealed = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    file.parent.mkdir(exist_ok=True, mode=0o700)
    handle, partial = tempfile.mkstemp(dir=file.parent)  # readable by its owner only
    with os.fdopen(handle, "wb") as stream:
        stream.write(sealed + certificate.public_bytes(serialization.Encoding.PEM))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, file)


def _is_stale(certificate, root, name):
    try:
        certificate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return True
    ends = datetime.now(UTC) + timedelta(days=_RENEW_DAYS)
    named = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == name
    return not named or certificate.not_valid_after_utc < ends


def _issue_root(key):
    subject = _subject(_ROOT_NAME)
    builder = _builder(subject, subject, key, _ROOT_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    return builder.sign(key, hashes.SHA256())


def _issue(key, root_key, root, name, subject_id):
    subject = _subject(name, x509.NameAttribute(NameOID.SERIAL_NUMBER, subject_id[:64]))
    builder = _builder(subject, root.subject, key, _SIGNER_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False)
    return builder.sign(root_key, hashes.SHA256())


def _builder(subject, issuer, key, days):
    now = datetime.now(UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _subject(common_name, *more):
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            *more,
        ]
    )


def _usage(**chosen):
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement"
    names += " key_cert_sign crl_sign encipher_only decipher_only"
    return x509.KeyUsage(**{name: chosen.get(name, False) for name in names.split()})


def _converted(certificate):
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
