"""A day's anchor: the last line of every trace, put down outside the database and chained to the anchor before.

Whoever rewrites a whole trace with all its hashes agrees with himself, but not with an anchor made earlier. Each day
has files that are never written again: `2026-11-24.heads.gz`, a line "order number hash" per trace,
`2026-11-24.json` with its SHA-256, the count and the SHA-256 of the anchor before, worth sending out of the house,
and, where a timestamp authority answers, `2026-11-24.tst`: its token over the .json, which nobody can make later.
"""

import fcntl
import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from signing.pki import detached
from workorders.models import Event

_BATCH = 500
_LATEST_TOKEN = timedelta(days=1)


class AlreadyAnchored(Exception):
    """The day has its anchor, and a second would have to overwrite it."""


def folder() -> Path:
    return settings.ANCHOR_DIR


def make(day: date) -> Path:
    """Write the anchor of a day and return its path; raises AlreadyAnchored, also where another was faster just now."""
    with _alone():
        return _make(folder() / f"{day}.json")


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time, and one thread of it, write anchors."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(path: Path) -> Path:
    if path.exists():
        raise AlreadyAnchored(path)
    before = _anchors()
    heads = Event.objects.filter(number=F("order__event_count")).order_by("order_id")
    orders, digest = 0, hashlib.sha256()
    # A half one from a run that died may stand there; only with its .json does it count.
    with gzip.open(_heads_of(path), "wb") as file:
        for order, number, line_hash in heads.values_list("order_id", "number", "hash").iterator():
            line = f"{order} {number} {line_hash}\n".encode()
            file.write(line)
            digest.update(line)
            orders += 1
    anchor = {
        "date": path.stem,
        "made_at": timezone.now().isoformat(),
        "orders": orders,
        "heads_sha256": digest.hexdigest(),
        "previous": _sha256(before[-1]) if before else "",
    }
    with path.open("x") as text:
        json.dump(anchor, text, indent=1)
        text.flush()
        os.fsync(text.fileno())
    for written in (path, _heads_of(path)):
        written.chmod(0o440)
    return path


def stamp(day: date) -> bool:
    """Have the authority vouch for the time of a day's anchor, unless it did; return whether a token is there now."""
    path = folder() / f"{day}.json"
    place = _token_of(path)
    with _alone():
        if not place.exists() and (token := detached.timestamp(path.read_bytes())):
            place.write_bytes(token)
            place.chmod(0o440)
        return place.exists()


def problems() -> Iterator[str]:
    """Yield what is wrong: an anchor that was changed or taken away, and every trace that no longer agrees with one."""
    previous = ""
    for path in _anchors():
        anchor = json.loads(path.read_bytes())
        if anchor["previous"] != previous:
            yield f"{path.name}: the anchor before it was changed or taken away"
        previous = _sha256(path)
        digest = hashlib.sha256()
        try:
            for name, number, what in _differences(path, digest):
                yield f"{path.name}: order {name}, line {number}: {what}"
        except (OSError, ValueError, EOFError):
            yield f"{_heads_of(path).name}: missing or unreadable"
            continue
        if digest.hexdigest() != anchor["heads_sha256"]:
            yield f"{_heads_of(path).name}: changed after it was written"
        yield from _of_time(path)


def _of_time(path: Path) -> Iterator[str]:
    """Yield what is wrong with the authority's token for an anchor, if there is one."""
    token = _token_of(path)
    if not token.exists():
        return
    try:
        at = detached.timestamped_at(path.read_bytes(), token.read_bytes())
    except (OSError, ValueError):
        yield f"{token.name}: not the authority's token over this anchor"
        return
    if timezone.localdate(at) > date.fromisoformat(path.stem) + _LATEST_TOKEN:
        yield f"{token.name}: made {timezone.localdate(at)}, long after the day of the anchor"


def _differences(path: Path, digest: "hashlib._Hash") -> Iterator[tuple[str, str, str]]:
    """Yield (order, line, what) for the heads that the database has no more; `digest` takes in the file."""
    with gzip.open(_heads_of(path), "rb") as file:
        while batch := list(islice(file, _BATCH)):
            for line in batch:
                digest.update(line)
            heads = [line.decode().split() for line in batch]
            lines = Event.objects.filter(order_id__in=[order for order, _, _ in heads])
            there = {(str(order), number): found for order, number, found in
                     lines.values_list("order_id", "number", "hash")}  # fmt: skip
            for order, number, anchored in heads:
                found = there.get((order, int(number)))
                if found != anchored:
                    yield order, number, "removed since" if found is None else "rewritten since, or a line before it"


def _anchors() -> list[Path]:
    return sorted(folder().glob("????-??-??.json"))


def _heads_of(path: Path) -> Path:
    return path.with_suffix(".heads.gz")


def _token_of(path: Path) -> Path:
    return path.with_suffix(".tst")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
