"""A page as it is displayed: cut to its crop box, turned by /Rotate, measured in points on paper (/UserUnit)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import pikepdf

# (left, bottom, right, top); where fractions of a displayed page are meant, (left, top, right, bottom).
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Display:
    """Origin and size of what is shown, in user space; the rotation in degrees; points on paper in a unit of it."""

    left: float
    bottom: float
    across: float
    down: float
    rotation: int
    unit: float

    @classmethod
    def of(cls, page: pikepdf.Object) -> Self:
        """Read a page whose boxes and rotation stand in the page itself, as `flatten` leaves them."""
        left, bottom, right, top = map(float, page.CropBox)
        unit = float(page.get("/UserUnit", 1))
        return cls(left, bottom, right - left, top - bottom, int(page.Rotate), unit)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height on paper as displayed."""
        turned = self.rotation in (90, 270)
        across, down = (self.down, self.across) if turned else (self.across, self.down)
        return across * self.unit, down * self.unit

    @property
    def matrix(self) -> tuple[float, ...]:
        """From points on paper, counted from the lower left corner as displayed, to user space."""
        a, b, c, d, x, y = {
            0: (1, 0, 0, 1, 0, 0),
            90: (0, 1, -1, 0, self.across, 0),
            180: (-1, 0, 0, -1, self.across, self.down),
            270: (0, -1, 1, 0, 0, self.down),
        }[self.rotation]
        return *(part / self.unit for part in (a, b, c, d)), x + self.left, y + self.bottom

    def on_page(self, rectangle: Sequence[float]) -> Box:
        """Return the box in user space of (left, top, right, bottom), fractions of the displayed page from its top."""
        left, top, right, bottom = rectangle
        width, height = self.size
        a, b, c, d, e, f = self.matrix
        corners = [(x * width, (1 - y) * height) for x, y in ((left, bottom), (right, top))]
        (x0, y0), (x1, y1) = ((a * x + c * y + e, b * x + d * y + f) for x, y in corners)
        return round(min(x0, x1), 2), round(min(y0, y1), 2), round(max(x0, x1), 2), round(max(y0, y1), 2)

    def fractions(self, box: Box) -> Box:
        """Return (left, top, right, bottom) in fractions of the displayed page for a box in user space."""
        a, b, c, d, e, f = self.matrix
        area, (width, height) = a * d - b * c, self.size
        corners = [(x - e, y - f) for x, y in (box[:2], box[2:])]
        (x0, y0), (x1, y1) = (((d * x - c * y) / area / width, (a * y - b * x) / area / height) for x, y in corners)
        return min(x0, x1), 1 - max(y0, y1), max(x0, x1), 1 - min(y0, y1)
