"""Fills the dates of a paper in the update that signs it; signing.pdf.dates put the empty fields there."""

from datetime import datetime

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import enumerate_sig_fields

from signing.marks import fonts, lettering, painting

# The owner of a date that whoever signs last fills.
LAST = "last"
_PREFIX = "date"
_PARTS = ("date", "owner", "number", "part")  # of a name
_INK = "0.12 0.15 0.2 rg"
_SIZE, _AIR, _BASELINE = 0.96, 0.12, 0.16


def name_of(owner: str, number: int, part: str) -> str:
    """Return the name of the field of a date's year, month or day ("y", "m", "d")."""
    return f"{_PREFIX}-{owner}-{number}-{part}"


def fill(writer: BasePdfFileWriter, role: str, signed_at: datetime) -> None:
    """Write the day, as it is at `signed_at`, into the dates of the party that signs, and of the last one to sign."""
    owners = {role, *([LAST] if _is_last(writer, role) else [])}
    numbers = {"y": str(signed_at.year), "m": str(signed_at.month), "d": str(signed_at.day)}
    for reference in writer.root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        name = str(field.get("/T", "")).split("-")
        is_date = len(name) == len(_PARTS) and name[0] == _PREFIX and "/V" not in field
        if is_date and name[1] in owners:
            _write(writer, field, numbers[name[3]])
            writer.mark_update(generic.Reference(reference.idnum, reference.generation, writer))


def _is_last(writer: BasePdfFileWriter, role: str) -> bool:
    return all(name == role for name, _, _ in enumerate_sig_fields(writer, filled_status=False))


def _write(writer: BasePdfFileWriter, field: generic.DictionaryObject, text: str) -> None:
    left, bottom, right, top = (float(value) for value in field["/Rect"])
    width, height = right - left, top - bottom
    size = min(_SIZE * height, _size_to_fit(text, width - 2 * _AIR * height))
    start = width - _AIR * height - lettering.width_of(text, size, fonts.SERIF)
    operators = f"q {_INK}\n{lettering.draw(text, start, _BASELINE * height, size, fonts.SERIF)}\nQ"
    form = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): painting.numbers(0, 0, width, height),
            pdf_name("/Resources"): generic.DictionaryObject(),
        },
        stream_data=operators.encode(),
    )
    form.compress()
    field[pdf_name("/V")] = generic.pdf_string(text)
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(form)})


def _size_to_fit(text: str, width: float) -> float:
    return width / lettering.width_of(text, 1, fonts.SERIF)
