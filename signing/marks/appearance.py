"""The visible mark of a signature: handwriting, a seal or both, with the signer's name and the time beside them."""

import io
from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import enumerate_sig_fields

from signing.marks import layout, painting, seal_art
from signing.marks.handwriting import Strokes, Typed
from signing.models import Seal


@dataclass(frozen=True)
class Mark:
    """What a signature field shows: handwriting, a seal or both; `signed_at` is in local time.

    With `preview` it says over all that it is a preview and of no effect.
    """

    hand: Strokes | Typed | None
    seal: Seal | None
    name: str
    signed_at: datetime
    preview: bool = False

    def captions(self) -> list[list[str]]:
        """Return the caption as lists of lines, the best first, the shortest last."""
        day, time = f"{self.signed_at:%Y-%m-%d}", f"{self.signed_at:%H:%M}"
        how, whose = ("键入签名" if isinstance(self.hand, Typed) else ""), "平台签名"
        words = "  ".join(filter(None, [how, whose]))
        name, short = self.name, f"{self.name} {how}".strip()
        return [
            [f"{name}  {day} {time}  {words}"],
            [f"{name}  {words}", f"{day} {time}"],
            [name, f"{day} {time}", words],
            [f"{short} {day} {time}"],
            [f"{short} {day}"],
            [day],
        ]


def previewed(data: bytes, field_name: str, mark: Mark) -> bytes:
    """Return the PDF with `mark` in a field that stays unsigned: one update, for pictures of what is meant only."""
    stream = io.BytesIO(data)
    writer = IncrementalPdfFileWriter(stream)
    [(_, _, reference)] = enumerate_sig_fields(writer, with_name=field_name)
    field = reference.get_object()
    show(mark, field, field["/P"], writer)
    writer.mark_update(reference)
    writer.write_in_place()
    return stream.getvalue()


def show(
    mark: Mark, field: generic.DictionaryObject, page: generic.DictionaryObject, writer: BasePdfFileWriter
) -> None:
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
    art = seal_art.artwork(mark.seal) if mark.seal else None
    form = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): painting.numbers(0, 0, across, down),
            pdf_name("/Matrix"): painting.numbers(*turn),
            pdf_name("/Resources"): painting.resources(writer, art),
        },
        stream_data=layout.draw(mark, art, across, down).encode(),
    )
    form.compress()
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(form)})
