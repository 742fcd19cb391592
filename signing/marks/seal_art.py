"""What a seal looks like: drawn as an engraver would (国发〔1999〕25号, 公章, 合同专用章, 名章), or from its picture.

A drawn seal is vectors in one colour, the same bytes each time. In DEMO it says 演示, unless its words say so already.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from pyhanko.pdf_utils import generic, writer

from bandian.web.pools import PREVIEWS
from files import previews, sandbox
from signing.enums import SealKind, SealOrigin
from signing.marks import lettering, painting, seal_picture, seal_shapes
from signing.marks.seal_picture import Picture
from signing.marks.seal_shapes import Letter
from signing.models import Seal

MM = 72 / 25.4
_COLOUR = "0.902 0 0.071"  # #E60012
# Hundredths of a millimetre on a seal of 42 mm; a smaller one is the same, but for its ring.
_STAR, _SMALL_STAR, _AIR, _TALLEST = 700, 470, 95, 640
_RING, _THIN_RING = 120, 100
# Of letters in two rings, so that there is room within them.
_TALLEST_OF_TWO = 480
# Names up to this many letters leave the lower part of the ring free.
_SHORT, _SWEEP, _WIDEST_SWEEP = 12, 225, 265
# Longer names stand in two rings.
ONE_RING = 30
_SQUARE_RING, _SQUARE_AIR = 90, 70
# Units of lettering by which the strokes of letters are heavier than in print.
_WEIGHT, _SMALL_WEIGHT = 5.2, 3.2
# From this length of edges on, letters of many strokes are lighter, or they would run together: 龘 has 4500.
_DENSE, _DENSER = 3000, 1600
_DEMO = "演示"


@dataclass(frozen=True)
class Artwork:
    """PDF operators for a square of `side` points, the seal's real size; they show `picture` as /Picture."""

    side: float
    operators: str
    picture: Picture | None = None


def artwork(seal: Seal) -> Artwork:
    """Return what a saved or unsaved seal looks like; raises ValidationError where its picture is not as it was."""
    side = seal.size_mm * MM
    if seal.origin == SealOrigin.UPLOADED:
        shown = seal_picture.load(seal.image, seal.sha256)
        return Artwork(side, f"q {side:.2f} 0 0 {side:.2f} 0 0 cm /Picture Do Q", shown)
    return Artwork(side, _drawing(seal.kind, seal.text, seal.number, seal.size_mm, _is_demo(seal.text)))


def fingerprint(kind: str, text: str, number: str, size_mm: int) -> str:
    """Return the sha256 of the operators that draw a seal with these words."""
    return hashlib.sha256(_drawing(kind, text, number, size_mm, _is_demo(text)).encode()).hexdigest()


def picture(seal: Seal, width: int = 320) -> bytes:
    """Return a PNG of the seal on white, `width` pixels wide, under 预览 so that it is no use as an original."""
    art = artwork(seal)
    air = art.side * 0.03
    side = art.side + 2 * air
    content = f"q 1 0 0 1 {air:.2f} {air:.2f} cm /Seal Do Q\n{painting.watermark('预览', side, side, rows=3)}"
    return sandbox.run(previews.render_in_sandbox, _page(side, content, art), pool=PREVIEWS, index=0, width=width)[1]


def page(seal: Seal) -> bytes:
    """Return a PDF whose only page is the seal in its real size; raises ValidationError like `artwork`."""
    art = artwork(seal)
    return _page(art.side, art.operators, art)


def _is_demo(text: str) -> bool:
    return settings.DEMO and _DEMO not in text


@lru_cache(maxsize=500)
def _drawing(kind: str, text: str, number: str, size_mm: int, is_demo: bool) -> str:
    draw = _square if kind == SealKind.LEGAL else _round
    scale, middle = MM / 100, size_mm * MM / 2
    head = f"q {scale:.5f} 0 0 {scale:.5f} {middle:.3f} {middle:.3f} cm {_COLOUR} rg {_COLOUR} RG 1 j"
    return "\n".join([head, *draw(text, number, 100 * size_mm, kind == SealKind.CONTRACT, is_demo), "Q"])


def _round(name: str, number: str, size: float, is_contract: bool, is_demo: bool) -> Iterator[str]:
    """公章 and 合同专用章; the words below the star tell one from the other."""
    part = size / 4200
    band = _RING if size >= 4200 else _THIN_RING
    inside = size / 2 - band - _AIR * part
    sweep = min(_WIDEST_SWEEP, _SWEEP + max(0, len(name) - _SHORT) * 2.5)
    star, above = _STAR, 900
    if len(name) > ONE_RING:
        words, _ = seal_shapes.two_rings(name, outer=inside, tallest=_TALLEST_OF_TWO * part, sweep=sweep)
        star, above = _SMALL_STAR, 620
    else:
        words = seal_shapes.ring(name, outer=inside, tallest=_TALLEST * part, sweep=sweep)
    small = seal_shapes.lower_ring(number, outer=inside + 35 * part, tall=130 * part, sweep=66) if number else []
    if is_contract:
        words += seal_shapes.row("合同专用章", middle=-985 * part, tall=400 * part, wide=330 * part, pitch=345 * part)
    if is_demo:
        below = above if is_contract else -960
        small += seal_shapes.row(_DEMO, middle=below * part, tall=230 * part, wide=230 * part, pitch=300 * part)
    yield f"{band} w {seal_shapes.circle((size - band) / 2)}"
    yield seal_shapes.star(star * part)
    yield from _letters(words, small)


def _square(name: str, number: str, size: float, is_contract: bool, is_demo: bool) -> Iterator[str]:
    """法定代表人名章: two or three letters are filled up to four with 印, as is the custom."""
    letters = "".join(name.split())
    letters += {2: "之印", 3: "印"}.get(len(letters), "")
    inside = size - 2 * (_SQUARE_RING + _SQUARE_AIR)
    small = []
    yield f"{_SQUARE_RING} w {seal_shapes.square(size - _SQUARE_RING)}"
    if is_demo:
        inside -= 200
        small = seal_shapes.row(_DEMO, middle=-size / 2 + 230, tall=170, wide=170, pitch=220)
        yield "q 1 0 0 1 0 110 cm"
    yield from _letters(seal_shapes.grid(letters, side=inside), [])
    if is_demo:
        yield "Q"
    yield from _letters([], small)


def _letters(words: Iterable[Letter], small: Sequence[Letter]) -> Iterator[str]:
    yield f"{_WEIGHT} w"
    for letter in words:
        if (edge := lettering.edge(letter.character, letter.face)) > _DENSE:
            yield f"{_WEIGHT * max(0.05, 1 - (edge - _DENSE) / _DENSER):.2f} w {letter.draw('B')} {_WEIGHT} w"
        else:
            yield letter.draw("B")
    if small:
        yield f"{_SMALL_WEIGHT} w"
        yield from (letter.draw("B") for letter in small)


def _page(side: float, content: str, art: Artwork) -> bytes:
    """Return a PDF of one square page."""
    file = writer.PdfFileWriter()
    stream = file.add_object(generic.StreamObject(stream_data=content.encode()))
    page = writer.PageObject(
        contents=stream, media_box=painting.numbers(0, 0, side, side), resources=painting.resources(file, art)
    )
    file.insert_page(page)
    output = io.BytesIO()
    file.write(output)
    return output.getvalue()
