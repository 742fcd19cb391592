"""The picture of an uploaded seal, taken apart into what a PDF shows."""

import hashlib
import io
import struct
from dataclasses import dataclass
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db.models.fields.files import FieldFile
from PIL import Image

from files import sandbox

_CHANGED = "系统保存的印章图片与登记时不一致，已停止使用，请联系客户经理。"


@dataclass(frozen=True)
class Picture:
    """A picture as the streams of a PDF, both deflated with PNG's predictors: colours, and what shows of them."""

    width: int
    height: int
    colours: bytes
    mask: bytes


@lru_cache(maxsize=50)
def load(file: FieldFile, sha256: str) -> Picture:
    """Return the picture in a seal's file, which never changes under its name.

    Raises ValidationError where it did change, or cannot be read.
    """
    with file.open("rb") as stored:
        data = stored.read()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValidationError(_CHANGED, code="corrupt")
    (width, height, length), body = sandbox.run(split_in_sandbox, data)
    return Picture(width, height, body[:length], body[length:])


def split_in_sandbox(data: bytes) -> tuple[tuple[int, int, int], bytes]:
    """Return ((width, height, length of the first), the colours and the mask of a PNG, as `Picture` has them)."""
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        seal = image.convert("RGBA")
    mask = seal.getchannel("A")
    plain = Image.new("RGBA", seal.size)
    plain.paste(seal, mask=mask.point(lambda alpha: 255 if alpha else 0))  # what nobody sees costs no bytes
    colours, shown = _deflated(plain.convert("RGB")), _deflated(mask)
    return (*seal.size, len(colours)), colours + shown


def _deflated(image: Image.Image) -> bytes:
    """Return the data chunks of a PNG: exactly what a PDF reads as FlateDecode with PNG predictors."""
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    data, position, parts = stream.getvalue(), 8, []
    while position < len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if kind == b"IDAT":
            parts.append(data[position + 8 : position + 8 + length])
        position += length + 12
    return b"".join(parts)
