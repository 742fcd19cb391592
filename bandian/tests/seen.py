"""What pages of the matrix's world answered, kept for the run and shared by its processes.

No request leaves anything in that world (`World.send`), so that nobody needs to be asked the same twice.
"""

import hashlib
import os
import pickle
from collections.abc import Callable
from typing import NamedTuple

from django.http.response import HttpResponseBase

from bandian.tests import again


class Answer(NamedTuple):
    """All that a browser learns, but for the content of a file that is streamed."""

    status_code: int
    headers: dict[str, str]
    cookies: list[str]
    content: bytes
    streaming: bool

    @property
    def page(self) -> str:
        """The page, empty where the answer is none."""
        is_page = self.headers.get("Content-Type", "").startswith("text/html")
        return self.content.decode() if is_page else ""


_seen: dict[str, Answer] = {}


def once(world: object, question: tuple[str, ...], ask: Callable[[], HttpResponseBase]) -> Answer:
    """Return the answer to the question in this world under these settings; ask where nobody has asked yet."""
    place = hashlib.sha256(repr((world, again.overridden(), question)).encode()).hexdigest()
    file = again.shared / f"seen-{place}" if again.shared else None
    if place not in _seen and file and file.exists():
        _seen[place] = pickle.loads(file.read_bytes())
    if place not in _seen:
        response = ask()
        content = b"" if response.streaming else response.content
        headers = dict(response.headers.items())
        if policy := headers.get("Content-Security-Policy"):  # a set's order, which is each process's own
            headers["Content-Security-Policy"] = "; ".join(sorted(policy.split("; ")))
        _seen[place] = Answer(response.status_code, headers, sorted(response.cookies), content, response.streaming)
        if file:
            partial = file.with_suffix(f".{os.getpid()}")
            partial.write_bytes(pickle.dumps(_seen[place]))
            partial.replace(file)
    return _seen[place]
