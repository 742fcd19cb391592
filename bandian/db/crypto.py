"""Values that must not be readable in the database: sealed with AES-256-GCM, found again by a keyed hash.

A sealed value is "<key name>:<base64 of nonce and ciphertext>". The keys stand in the setting FIELD_KEYS, the one that
seals first; the others only open what they sealed before (`manage.py reseal` moves it to the first). Each value is
bound to its column, so that it opens nowhere else. Sources: NIST SP 800-38D (GCM), RFC 5869 (HKDF).
"""

import base64
import hashlib
import hmac
import os
from binascii import Error as Base64Error
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup

NONCE_BYTES = 12


class SealBroken(Exception):
    """A stored value does not open: its key is missing or another one, or somebody changed the value."""


def seal(text: str, *, place: str) -> str:
    """Return the text sealed with the first key for one place, e.g. "accounts.realname.id_number"."""
    name, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_derived(key, b"seal")).encrypt(nonce, text.encode(), place.encode())
    return f"{name}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, place: str) -> str:
    """Return the text; raise SealBroken, which names the key and never the value."""
    name, _, body = sealed.partition(":")
    if not body or name not in settings.FIELD_KEYS:
        known = ", ".join(settings.FIELD_KEYS)
        raise SealBroken(f"FIELD_KEY: {place} was sealed with a key that is not here; the keys here are {known}.")
    try:
        raw = base64.b64decode(body, validate=True)
        key = _derived(settings.FIELD_KEYS[name], b"seal")
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, Base64Error, ValueError) as error:
        raise SealBroken(f"FIELD_KEY: key {name} does not open {place}: a wrong key, or a changed value.") from error


def blind_index(text: str) -> str:
    """Return the keyed hash (HMAC-SHA256 with the first key) by which a sealed text is found without opening it."""
    return _index(next(iter(settings.FIELD_KEYS.values())), text)


def blind_indexes(text: str) -> list[str]:
    """Return the hashes under every key, for a search while values of older keys are still there."""
    return [_index(key, text) for key in settings.FIELD_KEYS.values()]


def _index(key: bytes, text: str) -> str:
    return hmac.new(_derived(key, b"index"), text.encode(), hashlib.sha256).hexdigest()


def _derived(key: bytes, purpose: bytes) -> bytes:
    """Return the key for one purpose, so that no key does two jobs."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"bandian " + purpose).derive(key)


class Encrypted(models.Field):
    """Text that is sealed in the database; empty text stays empty. Asking the database for a value is an error."""

    def get_lookup(self, lookup_name: str) -> type[Lookup] | None:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        value = super().get_db_prep_save(value, connection)
        return seal(value, place=self._place) if value and isinstance(value, str) else value

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        return unseal(value, place=self._place) if value else value

    @property
    def _place(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"


class EncryptedCharField(Encrypted, models.CharField):
    def get_internal_type(self) -> str:
        return "TextField"  # what is stored is longer than max_length, which counts the text


class EncryptedTextField(Encrypted, models.TextField):
    pass
