"""Page images of PDFs, signatures included, made on the server: every browser shows the same."""

import io
import os
import re
import tempfile
from pathlib import Path

import pypdfium2
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File

from files import sandbox

# Pixels: thumbnail, phone, page, enlarged.
WIDTHS = (240, 800, 1200, 1800)
MAX_PIXELS = 16_000_000
FOLDER = "previews"


def page_count(data: bytes) -> int:
    """Return the number of pages; raises ValidationError where the PDF does not open."""
    return sandbox.run(count_in_sandbox, data)[0]


def render_page(source: bytes | File, index: int, width: int, *, sha256: str = "") -> bytes:
    """Return page `index` (from 0) of bytes or a stored file as PNG, `width` pixels wide.

    With the file's sha256 the image is kept on disk. Raises ValueError for a width outside WIDTHS, IndexError for a
    page that there is not, ValidationError for a PDF that cannot be drawn.
    """
    if width not in WIDTHS:
        raise ValueError(f"width {width}: one of {WIDTHS}")
    cached = _cached(sha256, index, width) if sha256 else None
    if cached and cached.is_file():
        return cached.read_bytes()
    found, image = sandbox.run(render_in_sandbox, _read(source), index=index, width=width)
    if not found:
        raise IndexError(f"page {index}")
    if cached:
        _keep(image, cached)
    return image


def forget(sha256: str) -> None:
    """Delete the page images kept of a file that is gone."""
    for image in _folder(sha256).glob(f"{sha256}-*.png"):
        image.unlink(missing_ok=True)


def count_in_sandbox(data: bytes) -> tuple[int, bytes]:
    with _document(data) as document:
        return len(document), b""


def render_in_sandbox(data: bytes, *, index: int, width: int) -> tuple[bool, bytes]:
    with _document(data) as document:
        if not 0 <= index < len(document):
            return False, b""
        document.init_forms()  # without it, no signature is drawn
        page = document[index]
        across, down = page.get_size()
        scale = min(width / across, (MAX_PIXELS / (across * down)) ** 0.5)
        image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
        stream = io.BytesIO()
        image.save(stream, "PNG", compress_level=4)
        return True, stream.getvalue()


def _document(data):
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ValidationError("文件已损坏，无法打开。请重新导出为 PDF 后上传。", code="damaged") from error


def _read(source):
    if isinstance(source, bytes):
        return source
    with source.open("rb") as stream:
        return stream.read()


def _cached(sha256, index, width):
    return _folder(sha256) / f"{sha256}-{int(index)}-{width}.png"


def _folder(sha256):
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("sha256: 64 hexadecimal digits")
    return Path(settings.MEDIA_ROOT) / FOLDER / sha256[:2]


def _keep(image, target):
    """Write an image so that nobody ever reads half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(image)
    os.replace(partial, target)
