"""骑缝章: a seal across the right edges of the pages, a slice on each, so that none can be exchanged."""

import io
from collections.abc import Iterable, Sequence

import pikepdf

from signing.pdf import stamping
from signing.pdf.geometry import Box, Display

MOST_PAGES = 20  # under one seal; beyond, a slice is too thin to be recognised, and another seal begins
# Where the seal stands, from the foot of the page; the first that meets no place for signing counts.
_HEIGHTS = (0.5, 0.64, 0.36, 0.78, 0.22)


def draw(pdf: pikepdf.Pdf, seal_pdf: bytes, *, places: Sequence[tuple[int, Box]]) -> None:
    """Draw the seal that is the only page of `seal_pdf` over the edges; `places` are the boxes [(page, box)] to spare.

    A PDF of one page is left as it is.
    """
    pages = list(pdf.pages)
    if len(pages) < 2:
        return
    displays = [Display.of(page.obj) for page in pages]
    with pikepdf.open(io.BytesIO(seal_pdf)) as source:
        side = float(source.pages[0].mediabox[2])
        form = stamping.drawing(pdf, source)
        shares = _shares(len(pages))
        kept = [(displays[page].fractions(box), page) for page, box in places]
        height = next((h for h in _HEIGHTS if not _meets(h, side, displays, shares, kept)), _HEIGHTS[0])
        for page, display, (number, count) in zip(pages, displays, shares, strict=True):
            clip = _slice(display, side, count, height)
            stamping.stamp(page, form, at=(clip[0] - number * side / count, clip[1]), clip=clip)


def _shares(pages: int) -> list[tuple[int, int]]:
    """Return for each page (number of its slice, slices of its seal); groups of nearly the same size, 2 at least."""
    groups = -(-pages // MOST_PAGES)
    sizes = [pages // groups + (group < pages % groups) for group in range(groups)]
    return [(number, size) for size in sizes for number in range(size)]


def _slice(display: Display, side: float, count: int, height: float) -> Box:
    width, tall = display.size
    bottom = tall * height - side / 2
    return width - side / count, bottom, width, bottom + side


def _meets(
    height: float,
    side: float,
    displays: Sequence[Display],
    shares: Sequence[tuple[int, int]],
    kept: Iterable[tuple[Box, int]],
) -> bool:
    for (left, top, right, bottom), page in kept:
        width, tall = displays[page].size
        x0, y0, x1, y1 = _slice(displays[page], side, shares[page][1], height)
        if right * width > x0 and left * width < x1 and (1 - top) * tall > y0 and (1 - bottom) * tall < y1:
            return True
    return False
