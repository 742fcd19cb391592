"""The platform's own certificate authority: its root, made at first use, the certificates and the revocation list."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from signing.pki import keyfiles

_ORGANISATION = "办电 E 助手"
_ROOT_NAME = "办电 E 助手平台签名根证书"
_ROOT_DAYS, _SIGNER_DAYS = 20 * 365, 10 * 365
# A certificate is made anew before it gets so close to its end.
_RENEW_DAYS = 365
# How long readers may keep a revocation list.
_LIST_DAYS = 7
# cryptography counts the 64 characters of RFC 5280, ub-common-name, in bytes of UTF-8.
_COMMON_NAME_BYTES = 64


def root() -> x509.Certificate:
    """Return the certificate that every other one is traced back to.

    Raises ImproperlyConfigured where SIGNING_PASSPHRASE does not open its key.
    """
    return _root(_file(), settings.SIGNING_PASSPHRASE)[1]


def opens(**_: object) -> list[Error]:
    """Return, as a check of Django's, that SIGNING_PASSPHRASE is not the one that the root's key was made with."""
    try:
        if _file().exists():
            root()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="signing.E001")]
    return []


def subject(subject_id: str, name: str) -> x509.Name:
    """Return who a certificate names: an enterprise with its whole name as organisation, others under the platform."""
    name = name.strip()
    organisation = name if subject_id.startswith("enterprise-") else _ORGANISATION
    return _name(name, organisation, x509.NameAttribute(NameOID.SERIAL_NUMBER, subject_id))


def holder(subject: Mapping[str, str]) -> str:
    """Return whose certificate it is, by its subject; of an enterprise the common name may not be the whole name."""
    is_enterprise = subject.get("serial_number", "").startswith("enterprise-")
    return subject.get("organization_name" if is_enterprise else "common_name", "")


def issue(
    public_key: ec.EllipticCurvePublicKey, subject: x509.Name, *, serial_number: int | None = None
) -> x509.Certificate:
    """Return a new certificate for signing, with the address of the revocation list in it."""
    root_key, root = _root(_file(), settings.SIGNING_PASSPHRASE)
    builder = _builder(subject, root.subject, public_key, _SIGNER_DAYS, serial_number)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False)
    address = x509.UniformResourceIdentifier(settings.SITE_URL + reverse("pki:crl"))
    points = [x509.DistributionPoint(full_name=[address], relative_name=None, reasons=None, crl_issuer=None)]
    builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
    return builder.sign(root_key, hashes.SHA256())


def is_usable(certificate: x509.Certificate, subject: x509.Name) -> bool:
    """Whether the certificate is this authority's, names this subject and is not near its end."""
    try:
        certificate.verify_directly_issued_by(root())
    except (ValueError, TypeError, InvalidSignature):
        return False
    ends = datetime.now(UTC) + timedelta(days=_RENEW_DAYS)
    return certificate.subject == subject and certificate.not_valid_after_utc > ends


def revocation_list(entries: Iterable[tuple[str, datetime]]) -> bytes:
    """Return the signed list (RFC 5280, DER) of entries (hexadecimal serial number, aware time)."""
    root_key, root = _root(_file(), settings.SIGNING_PASSPHRASE)
    now = datetime.now(UTC).replace(microsecond=0)
    builder = x509.CertificateRevocationListBuilder(root.subject, now, now + timedelta(days=_LIST_DAYS))
    # Later lists have higher numbers, also after a restart.
    builder = builder.add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False)
    for serial, revoked_at in entries:
        entry = x509.RevokedCertificateBuilder(int(serial, 16), revoked_at.astimezone(UTC).replace(microsecond=0))
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _file() -> Path:
    return Path(settings.SIGNING_DIR) / "root.pem"


@lru_cache(maxsize=8)
def _root(file: Path, passphrase: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    with keyfiles.locked("root"):
        if not file.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            keyfiles.save(file, key, _issue_root(key))
        return keyfiles.load(file, passphrase)


def _issue_root(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    subject = _name(_ROOT_NAME, _ORGANISATION)
    builder = _builder(subject, subject, key.public_key(), _ROOT_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    return builder.sign(key, hashes.SHA256())


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    days: int,
    serial_number: int | None = None,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(serial_number or x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _name(common_name: str, organisation: str, *more: x509.NameAttribute) -> x509.Name:
    common_name = common_name.encode()[:_COMMON_NAME_BYTES].decode(errors="ignore")
    facts = {NameOID.COUNTRY_NAME: "CN", NameOID.ORGANIZATION_NAME: organisation, NameOID.COMMON_NAME: common_name}
    return x509.Name([*(x509.NameAttribute(oid, value) for oid, value in facts.items()), *more])


def _usage(**chosen: bool) -> x509.KeyUsage:
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement"
    names += " key_cert_sign crl_sign encipher_only decipher_only"
    return x509.KeyUsage(**{name: chosen.get(name, False) for name in names.split()})
