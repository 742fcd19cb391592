"""The visible mark of a signature: the handwriting with the signer's name and the time under it."""

from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from signing import ink, lettering
from signing.handwriting import Strokes

_CAPTION = "0.36 0.40 0.47 rg"
_SMALLEST, _LARGEST, _PART = 5, 7, 0.13


@dataclass(frozen=True)
class Mark:
    """What a signature field shows: handwriting, a seal or both; `signed_at` is in local time."""

    hand: Strokes | None
    seal: object
    name: str
    signed_at: datetime

    def draw(self, width, height):
        """Return PDF operators for a box of this size in points."""
        size = min(_LARGEST, max(_SMALLEST, height * _PART))
        caption = self._caption(size, width)
        left = (width - lettering.width_of(caption, size)) / 2
        foot = size * 1.25 if caption else 0
        return "\n".join(
            [
                ink.draw(self.hand, (0, foot, width, height - foot)),
                f"q {_CAPTION}",
                lettering.draw(caption, left, size * 0.22, size),
                "Q",
            ]
        )

    def _caption(self, size, width):
        day, time = f"{self.signed_at:%Y-%m-%d}", f"{self.signed_at:%H:%M}"
        for text in (f"{self.name}  {day} {time}  平台签名", f"{self.name} {day} {time}", f"{self.name} {day}", day):
            if lettering.width_of(text, size) <= width:
                return text
        return ""


def show(mark, field, page, writer):
    """Make `mark` the appearance of a signature field, upright as the page is displayed."""
    unit, rotation = float(page.get("/UserUnit", 1)), int(page.get("/Rotate", 0)) % 360
    left, bottom, right, top = (float(value) * unit for value in field["/Rect"])
    across, down = right - left, top - bottom
    if rotation in (90, 270):
        across, down = down, across
    turn = {
        0: (1, 0, 0, 1, 0, 0),
        90: (0, 1, -1, 0, down, 0),
        180: (-1, 0, 0, -1, across, down),
        270: (0, -1, 1, 0, 0, across),
    }[rotation]
    form = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): _numbers(0, 0, across, down),
            pdf_name("/Matrix"): _numbers(*turn),
            pdf_name("/Resources"): generic.DictionaryObject(),
        },
        stream_data=mark.draw(across, down).encode(),
    )
    form.compress()
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(form)})


def _numbers(*values):
    return generic.ArrayObject([generic.FloatObject(round(value, 3)) for value in values])
