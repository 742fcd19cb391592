"""What marks and pictures of seals have in common: the states and pictures that their operators name, and 预览."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from signing.marks import lettering
from signing.marks.seal_picture import Picture

if TYPE_CHECKING:
    from signing.marks.seal_art import Artwork

_FAINT = 0.4


def watermark(text: str, width: float, height: float, *, rows: int = 1) -> str:
    """Return operators for faint grey words up the diagonal of a box, in parallel rows; uses /Faint of `resources`."""
    length = (width**2 + height**2) ** 0.5
    cosine, sine = width / length, height / length
    size = min(0.62 * length / len(text), 0.42 * height / rows**0.5, length / (1.6 * rows))
    start = -lettering.width_of(text, size) / 2
    middle = -0.38 * size
    lines = [
        lettering.draw(text, start, middle + (row - (rows - 1) / 2) * length / (rows + 0.4), size)
        for row in range(rows)
    ]
    turn = f"{cosine:.4f} {sine:.4f} {-sine:.4f} {cosine:.4f} {width / 2:.2f} {height / 2:.2f}"
    return f"q /Faint gs 0.35 g {turn} cm\n" + "\n".join(lines) + "\nQ"


def resources(writer: BasePdfFileWriter, art: "Artwork | None" = None) -> generic.DictionaryObject:
    """Return the resources of a stream: the states /Over and /Faint, and a seal's `sealart.Artwork` as /Seal."""
    states = {
        # Like red ink over blue: neither hides the other.
        "/Over": _dictionary({"/BM": pdf_name("/Multiply")}),
        "/Faint": _dictionary({"/ca": generic.FloatObject(_FAINT)}),
    }
    found = _dictionary({"/ExtGState": _dictionary(states)})
    if art:
        found[pdf_name("/XObject")] = _dictionary({"/Seal": _embedded(art, writer)})
    return found


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject([generic.FloatObject(round(value, 3)) for value in values])


def _embedded(art: "Artwork", writer: BasePdfFileWriter) -> generic.IndirectObject:
    """Add the seal as one group: only as a whole it is laid over the ink, its own parts do not show through."""
    inner = _dictionary({})
    if art.picture:
        image = _image(art.picture, art.picture.colours, "/DeviceRGB", 3)
        image[pdf_name("/SMask")] = writer.add_object(_image(art.picture, art.picture.mask, "/DeviceGray", 1))
        inner[pdf_name("/XObject")] = _dictionary({"/Picture": writer.add_object(image)})
    facts = {
        "/Type": pdf_name("/XObject"),
        "/Subtype": pdf_name("/Form"),
        "/BBox": numbers(0, 0, art.side, art.side),
        "/Group": _dictionary({"/S": pdf_name("/Transparency"), "/CS": pdf_name("/DeviceRGB")}),
        "/Resources": inner,
    }
    form = generic.StreamObject(_dictionary(facts), stream_data=art.operators.encode())
    form.compress()
    return writer.add_object(form)


def _image(shown: Picture, data: bytes, space: str, channels: int) -> generic.StreamObject:
    number = generic.NumberObject
    coding = {"/Predictor": 15, "/Colors": channels, "/BitsPerComponent": 8, "/Columns": shown.width}
    facts = {
        "/Type": pdf_name("/XObject"),
        "/Subtype": pdf_name("/Image"),
        "/Width": number(shown.width),
        "/Height": number(shown.height),
        "/ColorSpace": pdf_name(space),
        "/BitsPerComponent": number(8),
        "/Filter": pdf_name("/FlateDecode"),
        "/DecodeParms": _dictionary({key: number(value) for key, value in coding.items()}),
    }
    return generic.StreamObject(_dictionary(facts), encoded_data=data)


def _dictionary(entries: Mapping[str, Any]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})
