"""A page as it is seen, in pixels from its top left corner: where something is printed, and where nothing is."""

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from signing.pdf.geometry import Box

_AIR, _MARGIN = 2, 9
_PIXELS_PER_POINT = 2
_MAX_PIXELS = 4000
_RULE_POINTS = 2
INK_LEVEL = 190  # a shade below it is ink
# (left, top, right, bottom) in pixels.
Rectangle = tuple[int, int, int, int]


class Sheet:
    """The ink of one page; `per_point` are its pixels in a point on paper."""

    def __init__(self, page: pypdfium2.PdfPage, unit: float) -> None:
        self._page = page
        width, height = page.get_size()
        scale = min(_PIXELS_PER_POINT * unit, _MAX_PIXELS / max(width, height))
        image = page.render(scale=scale).to_pil().convert("L")
        self._ink = image.point(lambda level: 255 if level < INK_LEVEL else 0)
        self.per_point = scale / unit

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._ink.size

    def on_screen(self, box: Box) -> Rectangle:
        corners = [self._convert(raw.FPDF_PageToDevice, ctypes.c_int, x, y) for x, y in (box[:2], box[2:])]
        return _ordered(*corners)

    def on_page(self, rectangle: Rectangle) -> Box:
        left, top, right, bottom = rectangle
        ends = (left, bottom), (right, top)
        corners = [self._convert(raw.FPDF_DeviceToPage, ctypes.c_double, x, y) for x, y in ends]
        return tuple(round(value, 2) for value in _ordered(*corners))

    def take(self, rectangle: Rectangle) -> None:
        self._ink.paste(255, rectangle)

    def ink(self, rectangle: Rectangle) -> Image.Image:
        """Return what is printed there, white on black."""
        return self._ink.crop(rectangle)

    def is_blank(self, rectangle: Rectangle) -> bool:
        """Whether nothing is printed there but, at most, one level line to write on."""
        bounds = self._ink.crop(rectangle).getbbox()
        return bounds is None or bounds[3] - bounds[1] <= _RULE_POINTS * self.per_point

    def is_free(self, rectangle: Rectangle, *, over_rules: bool = False) -> bool:
        """Whether nothing is printed there; with `over_rules` a line to write on is nothing."""
        air = round(_AIR * self.per_point)
        left, top, right, bottom = rectangle[0] - air, rectangle[1] - air, rectangle[2] + air, rectangle[3] + air
        margin = round(_MARGIN * self.per_point)
        if left < margin or top < margin:
            return False
        if right > self._ink.width - margin or bottom > self._ink.height - margin:
            return False
        crop = self._ink.crop((left, top, right, bottom))
        if crop.getbbox() is None:
            return True
        return over_rules and self._holds_rules_only(crop)

    def _holds_rules_only(self, crop: Image.Image) -> bool:
        """Whether all ink is a line to write on: one thin row of ink across the whole rectangle."""
        rows = list(crop.resize((1, crop.height), resample=4).getdata())
        inked = [level for level in rows if level]
        return len(inked) <= _RULE_POINTS * self.per_point + 1 and min(inked) > 0.9 * 255

    def _convert(
        self, function: Callable[..., Any], number: Callable[[], Any], x: float, y: float
    ) -> tuple[float, float]:
        out_x, out_y = number(), number()
        function(self._page, 0, 0, self._ink.width, self._ink.height, 0, x, y, out_x, out_y)
        return out_x.value, out_y.value


def _ordered(one: tuple[Any, Any], other: tuple[Any, Any]) -> tuple[Any, Any, Any, Any]:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])
