"""Keys that anybody could try: the published one in whatever disguise, one made of another, and what is no chance."""

import base64
import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

DEVELOPMENT_KEY = "development-only-key-" + "0" * 40  # published with this source
_PUBLISHED = "developmentonlykey"
# What zlib adds to anything.
_WRAPPING = 8
# Of a key in bytes: what is left of it when all that repeats or counts up is taken out; random ones keep their length.
_LEAST_SHARE = 0.6


def is_weak(text: str, *, least: int) -> bool:
    """Whether a key of text is too short, has signs that nobody sees, is the published one, or is not random."""
    seen = [char for char in text if unicodedata.category(char)[0] not in "CZ"]
    if len(seen) + text.count(" ") < len(text) or len(seen) < least or _is_published(text):
        return True
    return not _is_random("".join(seen).encode(), least)


def is_known(key: bytes, texts: Iterable[str]) -> bool:
    """Whether a key of 32 bytes is not random, or made in a usual way of one of the texts."""
    return not _is_random(key, len(key)) or any(key in _made_of(text) for text in {*texts, DEVELOPMENT_KEY} if text)


def weak_fields(keys: Mapping[str, bytes], texts: Iterable[str]) -> list[str]:
    """Return the names of the keys that are known."""
    texts = [*texts]
    return [name for name, key in keys.items() if is_known(key, texts)]


def _is_published(text: str) -> bool:
    plain = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()
    return _PUBLISHED in plain or _PUBLISHED[::-1] in plain


def _is_random(data: bytes, least: int) -> bool:
    steps = bytes((after - before) % 256 for before, after in pairwise(data))
    kept = min(len(zlib.compress(each, 9)) - _WRAPPING for each in (data, steps))
    return len(set(data)) >= min(8, least // 3) and kept >= least * _LEAST_SHARE


def _made_of(text: str) -> Iterator[bytes]:
    """Yield 32 bytes as people make them of a text."""
    for form in {text, text.strip(), text.lower(), text.upper()}:
        data = form.encode()
        yield (data * 32)[:32]
        yield data[:32].ljust(32, b"\0")
        yield data[:32].ljust(32, b"0")
        yield data[-32:]
        for name in ("sha256", "sha3_256", "sha512", "blake2b", "blake2s", "md5", "sha1"):
            digest = hashlib.new(name, data)
            yield digest.digest()[:32]
            yield digest.digest()[-32:]
            yield digest.hexdigest().encode()[:32]
        try:
            yield base64.b64decode(form + "=" * (-len(form) % 4))[:32]
        except ValueError:
            continue
