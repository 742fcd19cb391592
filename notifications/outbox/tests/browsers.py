"""A browser with a push subscription: it can read what the push service passes on to it (RFC 8291)."""

import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils.http import urlsafe_base64_encode


def point(key):
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def derive(material, salt, info, length):
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


class Browser:
    def __init__(self, key=None, auth=None):
        self.key, self.secret = key or ec.generate_private_key(ec.SECP256R1()), auth or os.urandom(16)
        self.keys = {"p256dh": urlsafe_base64_encode(point(self.key)), "auth": urlsafe_base64_encode(self.secret)}

    def open(self, body):
        """Return the text of a body; raises InvalidTag where it is not for this browser."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = derive(shared, self.secret, b"WebPush: info\0" + point(self.key) + sender, 32)
        content_key = derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derive(secret, salt, b"Content-Encoding: nonce\0", 12)
        text = AESGCM(content_key).decrypt(nonce, sealed, None)
        assert text[-1:] == b"\x02"
        return text[:-1]

    def read(self, body):
        return json.loads(self.open(body))
