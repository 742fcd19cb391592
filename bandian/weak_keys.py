"""Keys that anybody could try: the published one in whatever disguise, one made of another, and what is no chance."""

import base64
import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from urllib.parse import unquote, urlsplit

DEVELOPMENT_KEY = "development-only-key-" + "0" * 40  # published with this source
_PUBLISHED = "developmentonlykey"
# What zlib adds to anything.
_WRAPPING = 8
# Of a key in bytes: what is left of it when all that repeats or counts up is taken out; random ones keep their length.
_LEAST_SHARE = 0.6
# A secret that is shorter may stand in another by chance.
_LEAST_SECRET = 12


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


def shared(given: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the names of two settings of which one holds the other's secret or what is made of it; None for none.

    Of an address its password is the secret, of FIELD_KEY each of its keys. Whoever learns one would have both: the key
    of the sessions is read by more hands than what seals the signing keys.
    """
    secrets = [(name, each) for name, text in given.items() for each in _secrets(text) if len(each) >= _LEAST_SECRET]
    for (one, first), (other, second) in combinations(secrets, 2):
        if one != other and (_holds(first, second) or _holds(second, first)):
            return one, other
    return None


def _secrets(text: str) -> list[str]:
    if "://" in text:
        return [unquote(urlsplit(text).password or "")]
    return [each.strip() for entry in text.split(",") for each in (entry, entry.partition(":")[2])]


def _holds(text: str, other: str) -> bool:
    """Whether a secret stands in a text, as it is, turned round, or as people write what they made of it."""
    plain = text.casefold()
    spelled = {other, other[::-1]}
    for made in (other.encode(), *_made_of(other)):
        spelled |= {made.hex(), base64.b64encode(made).decode().rstrip("="), base64.urlsafe_b64encode(made).decode()}
        spelled.add(made.decode("latin-1"))
    return any(each.casefold() in plain for each in spelled if len(each) >= _LEAST_SECRET)


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
