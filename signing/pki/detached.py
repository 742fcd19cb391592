"""The platform's signature over a file that is no PDF, and an authority's time for one: a CMS of its own beside it."""

from datetime import datetime

from asn1crypto import cms
from django.utils import timezone

from signing.pki import keys, pades, timestamps

_HASH = "sha256"
# Bytes that a token may take; with all its certificates it is some 5 KB.
_ROOM = 65_536


def sign(data: bytes) -> bytes:
    """Return the detached CMS signature (DER) of the platform over data; `openssl cms -verify -binary` checks it."""
    signer = keys.platform_signer()
    return pades.finish(signer.async_sign_general_data(data, _HASH, detached=True)).dump()


def timestamp(data: bytes) -> bytes | None:
    """Return an authority's token over data (RFC 3161, DER); None where none is set, or none gives one that holds.

    `openssl ts -verify -token_in -data FILE -in TOKEN -CAfile ROOT` checks it. Raises ValidationError where the
    authority's clock and this server's are far apart.
    """
    service = timestamps.service()
    token = pades.finish(service.token(data, room=_ROOM, now=timezone.now())) if service else None
    return token.content.dump() if token else None


def timestamped_at(data: bytes, token: bytes) -> datetime:
    """Return the time for which a token over data vouches; raises ValueError where it does not hold."""
    try:
        content = cms.ContentInfo.load(token, strict=True)
        return pades.finish(timestamps.read(content, data, timestamps.trust_roots())).at
    except timestamps.STRANGE as error:
        raise ValueError("the token does not hold") from error
