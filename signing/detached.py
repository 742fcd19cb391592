"""The platform's signature over a file that is no PDF: a CMS of its own beside it."""

from signing import keys, pades

_HASH = "sha256"


def sign(data: bytes) -> bytes:
    """Return the detached CMS signature (DER) of the platform over data; `openssl cms -verify -binary` checks it."""
    signer = keys.platform_signer()
    return pades.finish(signer.async_sign_general_data(data, _HASH, detached=True)).dump()
