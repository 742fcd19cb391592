"""Who signs with which certificate: one per enterprise, one per person without an enterprise, one of the platform.

The private keys are in a KeyStore: files (`signing.pki.keyfiles`) or an HSM (`signing.pki.hsm`), as SIGNING_KEYS says.
A licensed CA that signs remotely would be a third one: `current` returns the certificate of the signer's credential,
`renew` asks for a new credential, `signer` returns pyHanko's CSCSigner; `trust_root` is that CA's root then.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

from asn1crypto import x509 as asn1_x509
from asn1crypto.tsp import SigningCertificateV2
from cryptography import x509
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.module_loading import import_string
from pyhanko.sign.attributes import CMSAttributeProvider, SignedAttributeProviderSpec
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers import Signer

from bandian.db.locks import atomic, locking
from signing.models import Certificate
from signing.pki import authority, keyfiles

# By dotted path: an HSM's library is loaded only where it is chosen.
_STORES = {"local": "signing.pki.keyfiles.KeyFiles", "pkcs11": "signing.pki.hsm.TokenKeys"}
_PLATFORM, _PLATFORM_NAME = "platform", "办电 E 助手平台"

logger = logging.getLogger(__name__)


class KeyStore(Protocol):
    """Where the private keys of signers are; a key never leaves it unsealed."""

    def current(self, subject_id: str) -> x509.Certificate | None:
        """Return the certificate of the signer's key, None for a signer without one."""

    def renew(self, subject_id: str, issue: Callable[..., x509.Certificate]) -> None:
        """Make a new key with the certificate issue(public_key, serial_number=None) the signer's current one."""

    def signer(self, subject_id: str, certificate: x509.Certificate) -> Signer:
        """Return what signs with the key of the signer's current certificate."""


def signer_for(subject_id: str, name: str) -> Signer:
    """Return the signer of "enterprise-<uuid>" or "user-<uuid>"; a new name, or a revocation, gets a new certificate.

    Raises ImproperlyConfigured where SIGNING_PASSPHRASE does not open the keys, or the HSM's PIN or token is wrong.
    """
    store, subject = import_string(_STORES[settings.SIGNING_KEYS])(), authority.subject(subject_id, name)
    certificate = store.current(subject_id)
    if not (certificate and authority.is_usable(certificate, subject) and not _row(certificate, subject_id).revoked_at):
        _renew(store, subject_id, subject, certificate)
        certificate = store.current(subject_id)
        _row(certificate, subject_id)
    signer = store.signer(subject_id, certificate)
    if signer.signed_attr_prov_spec is None:
        signer.signed_attr_prov_spec = _NamesCertificate(signer.signing_cert)
    return signer


def serial_of(signer: Signer) -> str:
    """Return the hexadecimal serial number of the certificate that a signer signs with."""
    if signer.signing_cert is None:
        raise ValueError("a signer without a certificate")
    return f"{signer.signing_cert.serial_number:x}"


def platform_signer() -> Signer:
    """Return the signer of what the platform itself states: evidence reports, lists of files."""
    return signer_for(_PLATFORM, _PLATFORM_NAME)


def trust_root() -> asn1_x509.Certificate:
    """Return the certificate that every signature of the platform is traced back to."""
    return keyfiles.converted(authority.root())


@atomic
def revoke(serial: str, *, reason: str) -> Certificate:
    """Revoke a certificate by its hexadecimal serial number; its holder gets a new one at the next signature.

    Raises ValidationError where there is no such certificate, or it is revoked already.
    """
    row = locking(Certificate.objects).filter(serial=serial.lower().lstrip("0")).first()
    if row is None:
        raise ValidationError(f"没有序列号为 {serial} 的证书，请核对序列号（十六进制）。", code="unknown")
    if row.revoked_at:
        message = f"该证书已于 {timezone.localtime(row.revoked_at):%Y-%m-%d %H:%M} 吊销，不用再吊销。"
        raise ValidationError(message, code="revoked")
    row.revoked_at, row.revocation_reason = timezone.now(), reason
    row.save(update_fields=["revoked_at", "revocation_reason"])
    logger.warning("certificate %s of %s is revoked: %r", row.serial, row.subject_id, reason)
    return row


def revoked_at(serial: str) -> datetime | None:
    """Return when the certificate with this hexadecimal serial number was revoked, None where it was not.

    Signatures made before stay good: the time of each stands in the platform's own records.
    """
    return Certificate.objects.filter(serial=serial).values_list("revoked_at", flat=True).first()


def revocation_list() -> bytes:
    """Return the list of all revoked certificates as of now, signed by the root, in DER."""
    revoked = Certificate.objects.filter(revoked_at__isnull=False).order_by("revoked_at")
    return authority.revocation_list((serial, at) for serial, at in revoked.values_list("serial", "revoked_at") if at)


def _renew(store: KeyStore, subject_id: str, subject: x509.Name, seen: x509.Certificate | None) -> None:
    with keyfiles.locked("signers"):
        if store.current(subject_id) == seen:  # else another process has been faster
            store.renew(subject_id, lambda key, **options: authority.issue(key, subject, **options))


def _row(certificate: x509.Certificate, subject_id: str) -> Certificate:
    """Return the certificate's row; made anew where the transaction that issued it was rolled back."""
    facts = {
        "subject_id": subject_id,
        "name": authority.holder(keyfiles.converted(certificate).subject.native),
        "not_before": certificate.not_valid_before_utc,
        "not_after": certificate.not_valid_after_utc,
    }
    return Certificate.objects.get_or_create(serial=f"{certificate.serial_number:x}", defaults=facts)[0]


class _NamesCertificate(SignedAttributeProviderSpec, CMSAttributeProvider):
    """The one signed attribute of PAdES, encoded once per signer: asn1crypto would do it hundreds of times."""

    attribute_type = "signing_certificate_v2"

    def __init__(self, certificate: asn1_x509.Certificate) -> None:
        self._encoded = as_signing_certificate_v2(certificate).dump()

    def signed_attr_providers(self, data_digest: bytes, digest_algorithm: str) -> Iterator["_NamesCertificate"]:
        yield self

    async def build_attr_value(self, dry_run: bool = False) -> SigningCertificateV2:
        return SigningCertificateV2.load(self._encoded)
