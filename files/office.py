"""What strangers share besides PDFs and photos: Office files and drawings, told by their content, in the sandbox.

They cannot be written anew as PDFs and images are; so what is not just what it says, or could run, is refused. They
only ever leave as downloads. No module of Django's with settings is imported here: see files.worker.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from PIL import Image, ImageOps

from files import ooxml
from files.ooxml_content import refusal

THUMB_SIDE = 480
_MOST_ENTRIES = 10_000
_MOST_BYTES = 300 * 1024 * 1024  # unpacked
_MOST_RATIO = 200
# The head of an entry: APPNOTE 4.3.7; then what it may leave to 12 to 24 bytes behind it, or to its extra field.
_LOCAL = struct.Struct("<4s5H3I2H")
_SIZES_FOLLOW, _UTF_8, _DESCRIPTORS, _IN_EXTRA = 1 << 3, 1 << 11, (0, 12, 16, 20, 24), 0xFFFFFFFF
_DRAWING = re.compile(rb"AC10(09|1[0-8]|2[1-9]|3[0-9])\0")
_DXF = re.compile(rb"\s*(999\r?\n[^\n]*\n\s*)*0\r?\n\s*SECTION\b")
_ACTIVE = re.compile(r"vbaproject|vbadata|macrosheets/|activex/|\.(exe|dll|js|vbs|bat|cmd|scr|lnk|ps1)$", re.IGNORECASE)
WANTED = "只能发送图片、PDF、docx、xlsx、pptx、dwg、dxf；压缩包请解压后逐个发送，其他格式请另存为 PDF。"
_BOMB = "文件解压后过大，不能发送。请减少内容，或导出为 PDF 后再发。"


def is_known(head: bytes) -> bool:
    """Whether content that begins so is for this module."""
    return head.startswith((b"PK\x03\x04", b"AutoCAD Binary DXF\r\n\x1a\0")) or bool(
        _DRAWING.match(head) or _DXF.match(head)
    )


def examine_apart(data: bytes) -> tuple[tuple[str, str], bytes]:
    """Return ((ending, content type), b"") of an Office file or a drawing; raises ValidationError for all others."""
    if _DRAWING.match(data):
        return ("dwg", "image/vnd.dwg"), b""
    if data.startswith(b"AutoCAD Binary DXF\r\n\x1a\0") or (_DXF.match(data) and b"\0" not in data):
        return ("dxf", "image/vnd.dxf"), b""
    if data.startswith(b"PK\x03\x04"):
        return _office(data), b""
    raise ValidationError(WANTED, code="kind")


def thumb_apart(data: bytes) -> tuple[list[int], bytes]:
    """Return ([width, height], a small JPEG) of an image that was drawn anew already."""
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
        size = image.size
        image.draft("RGB", (THUMB_SIDE * 2, THUMB_SIDE * 2))
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image.convert("RGBA"), mask=image.convert("RGBA").getchannel("A"))
    small = ImageOps.contain(flat, (THUMB_SIDE, THUMB_SIDE)) if max(size) > THUMB_SIDE else flat
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=80)
    return list(size), stream.getvalue()


def _office(data: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(archive.infolist())
            _check_headers(data, archive)
            found = ooxml.check(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        struct.error,
    ) as error:
        raise refusal("damaged") from error
    if found is None:
        raise ValidationError(WANTED, code="kind")
    return found


def _check_headers(data: bytes, archive: zipfile.ZipFile) -> None:
    """Refuse an archive that says one thing of its entries at its end and another before them, or holds more than them.

    Programs that go by the one would see other parts than those that go by the other.
    """
    end = 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        start = entry.header_offset
        if start not in [end + more for more in _DESCRIPTORS]:
            raise refusal("damaged")
        behind = start + _LOCAL.size
        mark, _, flags, method, _, _, *sizes, name, extra = _LOCAL.unpack(data[start:behind])
        called = data[behind : behind + name].decode("utf-8" if flags & _UTF_8 else "cp437", "replace")
        listed = b"PK\3\4", entry.flag_bits, entry.compress_type, entry.orig_filename
        follow = flags & _SIZES_FOLLOW and not any(sizes)
        right = zip(sizes, (entry.CRC, entry.compress_size, entry.file_size), strict=True)
        if (mark, flags, method, called) != listed or not (
            follow or all(said in (true, _IN_EXTRA) for said, true in right)
        ):
            raise refusal("damaged")
        end = behind + name + extra + entry.compress_size
    if archive.start_dir not in [end + more for more in _DESCRIPTORS] or archive.comment:
        raise refusal("damaged")


def _check_entries(entries: Sequence[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    packed = sum(entry.compress_size for entry in entries) or 1
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _MOST_ENTRIES or unpacked > _MOST_BYTES or unpacked / packed > _MOST_RATIO:
        raise ValidationError(_BOMB, code="bomb")
    if any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names):
        raise refusal("damaged")
    if any(map(_ACTIVE.search, names)):
        raise refusal("macros")
