"""Draws a file as it is, and as it was when it was signed, and shows where the two differ.

Two engines draw, because they do not read a file the same way: PDFium (browsers) takes the tables of a file for granted
where it can, hayro rebuilds them from what it finds; what only one of them shows, some reader's program shows too.
"""

import base64
import io
import time
import warnings
from dataclasses import dataclass
from typing import Any, Protocol

import pylopdf
import pypdfium2
from django.core.exceptions import ValidationError
from PIL import Image, ImageChops, ImageDraw

from files import sandbox

_SIDE = 720  # pixels of the longer side: fine enough for a full stop to count
_SECONDS = 1.5  # of computing, for each engine
_SHOWN = 3  # pages
_FRAME = "#c2410c"


@dataclass(frozen=True)
class Page:
    """A page that is not what it was; each picture is a data: URL, empty where the page was or is not there."""

    number: int
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """`differing` are the numbers of all pages that differ, `pages` the first of them as pictures.

    `is_whole`: every page was compared in both engines. `is_drawn` is not so where an engine that draws what was signed
    cannot draw the file as it is, or the drawing ran into its limits.
    """

    differing: tuple[int, ...]
    pages: tuple[Page, ...]
    is_whole: bool
    is_drawn: bool

    @property
    def is_same(self) -> bool:
        return self.is_drawn and not self.differing


def compare(data: bytes, signed_size: int) -> Comparison:
    """Return how a stranger's file looks beside its first `signed_size` bytes; raises Busy, nothing for the file."""
    try:
        found, _ = sandbox.run(compare_in_sandbox, data, signed_size=signed_size)
    except sandbox.Busy:
        raise
    except ValidationError:
        return Comparison((), (), is_whole=False, is_drawn=False)
    pages = tuple(Page(**page) for page in found["pages"])
    return Comparison(tuple(found["differing"]), pages, found["is_whole"], found["is_drawn"])


def compare_in_sandbox(data: bytes, *, signed_size: int) -> tuple[dict[str, Any], bytes]:
    """Return (what makes a Comparison, b"")."""
    found = _Found()
    for engine in (_Pdfium, _Hayro):
        try:
            signed = engine(data[:signed_size])
        except Exception:  # an engine that does not know this kind of file tells nothing about it
            found.is_whole = False
            continue
        try:
            _compare(signed, engine(data), found)
        except Exception:  # whatever a stranger's bytes make an engine raise: it drew the signed ones
            found.is_drawn = False
    pages = [{"number": index + 1, **_pictures(*pair)} for index, pair in sorted(found.shown.items())]
    numbers = sorted(index + 1 for index in found.differing)
    return {"differing": numbers, "pages": pages, "is_whole": found.is_whole, "is_drawn": found.is_drawn}, b""


class _Found:
    def __init__(self) -> None:
        self.differing: set[int] = set()
        self.shown: dict[int, tuple[Image.Image | None, Image.Image | None]] = {}
        self.is_whole = self.is_drawn = True


class _Engine(Protocol):
    """A file as one of the two draws it."""

    pages: int

    def draw(self, index: int) -> Image.Image | None:
        """Return the page as an image; None where there is no such page."""


def _compare(signed: _Engine, present: _Engine, found: _Found) -> None:
    until = time.process_time() + _SECONDS
    for index in range(max(signed.pages, present.pages)):
        if time.process_time() > until:
            found.is_whole = False
            return
        try:
            before = signed.draw(index)
        except Exception:  # as above, for one page
            found.is_whole = False
            continue
        after = present.draw(index)
        if before is None or after is None or before.size != after.size or before.tobytes() != after.tobytes():
            found.differing.add(index)
            if len(found.shown) < _SHOWN:
                found.shown.setdefault(index, (before, after))


class _Pdfium:
    def __init__(self, data: bytes) -> None:
        self.document = pypdfium2.PdfDocument(data)
        self.document.init_forms()  # without it, no signature is drawn
        self.pages = len(self.document)

    def draw(self, index: int) -> Image.Image | None:
        """Return the page as an image; None where there is no such page."""
        if index >= self.pages:
            return None
        page = self.document[index]
        return page.render(scale=_SIDE / max(page.get_size())).to_pil().convert("RGB")


class _Hayro:
    def __init__(self, data: bytes) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it had to repair the file is what is looked for
            self.document = pylopdf.open(stream=data)
        self.pages = self.document.page_count

    def draw(self, index: int) -> Image.Image | None:
        """Like the other's."""
        if index >= self.pages:
            return None
        page = self.document.load_page(index)
        drawn = page.get_pixmap(_SIDE / max(page.rect.width, page.rect.height), background=(255, 255, 255))
        return Image.frombytes("RGBA", (drawn.width, drawn.height), drawn.samples).convert("RGB")


def _pictures(before: Image.Image | None, after: Image.Image | None) -> dict[str, str]:
    """Return both as data: URLs, framed where they differ."""
    if before and after and before.size == after.size:
        left, top, right, bottom = ImageChops.difference(before, after).getbbox() or (0, 0, *before.size)
        frame = (
            max(left - 4, 0),
            max(top - 4, 0),
            min(right + 3, before.width - 1),
            min(bottom + 3, before.height - 1),
        )
        for image in (before, after):
            ImageDraw.Draw(image).rectangle(frame, outline=_FRAME, width=2)
    return {"before": _url(before), "after": _url(after)}


def _url(image: Image.Image | None) -> str:
    if image is None:
        return ""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=70)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()
