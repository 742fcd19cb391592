"""The key with which this site shows itself to push services (VAPID, RFC 8292): a sealed file, made at first use."""

import os
import tempfile
import time
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.http import urlsafe_base64_encode
from py_vapid import Vapid

VALID_SECONDS = 12 * 3600  # RFC 8292, 2: no more than 24 hours


def public_key() -> str:
    """Return what a browser is given when it subscribes (applicationServerKey)."""
    point = _key().public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return urlsafe_base64_encode(point)


def headers(origin: str) -> dict[str, str]:
    """Return the headers that prove to the push service at `origin` who sends."""
    claims = {"aud": origin, "exp": int(time.time()) + VALID_SECONDS, "sub": settings.SITE_URL}
    # py-vapid's strict rule for `sub` refuses a port, which SITE_URL may have.
    return Vapid(_key(), {"no-strict": True}).sign(claims)


def _key() -> ec.EllipticCurvePrivateKey:
    return _load(Path(settings.PUSH_DIR) / "vapid.pem", settings.SIGNING_PASSPHRASE)


@lru_cache(maxsize=8)
def _load(file: Path, passphrase: str) -> ec.EllipticCurvePrivateKey:
    if not file.exists():
        _make(file, passphrase)
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), passphrase.encode())
    except (ValueError, TypeError) as error:
        message = f"SIGNING_PASSPHRASE does not open {file}. Set the passphrase that the key was made with."
        raise ImproperlyConfigured(message) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ImproperlyConfigured(f"{file} holds another kind of key than web push takes.")
    return key


def _make(file: Path, passphrase: str) -> None:
    """Put a new key in place, readable by its owner only; of two that do so at once, the first one's stays."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sealed = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    handle, partial = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(sealed)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(partial, file)
    except FileExistsError:
        pass
    finally:
        os.unlink(partial)
