"""Private keys as files that only their owner may read, each sealed with SIGNING_PASSPHRASE."""

import fcntl
import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

_threads = threading.RLock()


class KeyFiles:
    """One file per signer in SIGNING_DIR: the key and its certificate (see signing.pki.keys.KeyStore)."""

    def current(self, subject_id: str) -> x509.Certificate | None:
        file = _file(subject_id)
        return x509.load_pem_x509_certificate(file.read_bytes()) if file.exists() else None

    def renew(self, subject_id: str, issue: Callable[..., x509.Certificate]) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        save(_file(subject_id), key, issue(key.public_key()))

    def signer(self, subject_id: str, certificate: x509.Certificate) -> Signer:
        return _signer(_file(subject_id), settings.SIGNING_PASSPHRASE, certificate.serial_number)


@lru_cache(maxsize=1024)
def _signer(file: Path, passphrase: str, serial_number: int) -> SimpleSigner:
    # The serial number tells renewed keys from those before; opening a sealed key takes milliseconds.
    key, certificate = load(file, passphrase)
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    opened = asn1_keys.PrivateKeyInfo.load(der)
    return SimpleSigner(signing_cert=converted(certificate), signing_key=opened, cert_registry=SimpleCertificateStore())


def _file(subject_id: str) -> Path:
    return signer_file(subject_id, ".pem")


def signer_file(subject_id: str, suffix: str) -> Path:
    """Return the path for what belongs to a signer; its name tells nothing about whose it is."""
    return Path(settings.SIGNING_DIR) / "signers" / f"{hashlib.sha256(subject_id.encode()).hexdigest()[:40]}{suffix}"


@contextmanager
def locked(what: str) -> Iterator[None]:
    """Let one thread of one process at a time make "root" or "signers" keys; the root may be made within the latter.

    Ask the database for nothing inside: who waits there for a transaction that waits for this lock would wait forever.
    """
    path = Path(settings.SIGNING_DIR)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _threads, (path / f".{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def load(file: Path, passphrase: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """Return what `save` wrote; raises ImproperlyConfigured where the passphrase does not open the key."""
    if not passphrase:
        raise ImproperlyConfigured("SIGNING_PASSPHRASE: the signing keys need a passphrase.")
    data = file.read_bytes()
    try:
        key = serialization.load_pem_private_key(data, passphrase.encode())
    except (ValueError, TypeError) as error:
        message = f"SIGNING_PASSPHRASE does not open {file}. Set the passphrase that the key was made with."
        raise ImproperlyConfigured(message) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ImproperlyConfigured(f"{file} holds another kind of key than the platform makes.")
    return key, x509.load_pem_x509_certificate(data)


def save(file: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
    """Write a key, sealed, and its certificate; raises ImproperlyConfigured without a passphrase."""
    if not settings.SIGNING_PASSPHRASE:
        raise ImproperlyConfigured("SIGNING_PASSPHRASE: the signing keys need a passphrase.")
    sealed = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(settings.SIGNING_PASSPHRASE.encode()),
    )
    write(file, sealed + certificate.public_bytes(serialization.Encoding.PEM))


def write(file: Path, data: bytes) -> None:
    """Put a file in place, whole and safely on disk, readable by its owner only."""
    file.parent.mkdir(exist_ok=True, mode=0o700)
    handle, partial = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, file)


def converted(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """Return pyHanko's form of a certificate."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
