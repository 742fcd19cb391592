"""Page images of PDFs, signatures included, made on the server: every browser shows the same.

A page that cannot be drawn within the limits is not tried again and again: that stands beside the images, by the hash.
"""

import hashlib
import io
import os
import re
import tempfile
import time
from pathlib import Path

import pypdfium2
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from PIL import Image

from bandian.web.pools import HOUSE, PREVIEWS, Busy, Pool
from files import sandbox

# Pixels: thumbnail, phone, page, enlarged.
WIDTHS = (240, 800, 1200, 1800)
MAX_PIXELS = 16_000_000
FOLDER = "previews"
# Pixels across the pages that are shown, and across those that a new file is judged by.
PAGE, _GLANCE = 1200, 240
# Of computing: what a page may cost at the small width before it is drawn at the other, what is spent on the pages of
# one new file, and at most, where a single page takes that long.
_GLANCE_SECONDS, _FILE_SECONDS, _MOST_SECONDS = 0.15, 3, 5
_SLOW = "第 {} 页的内容过于复杂，无法在网页上显示，请下载原文件查看。"
_REFUSED = "{}过于复杂，无法在网页上显示。请简化，或用“打印为 PDF”重新导出，然后重新上传。"


def page_count(data: bytes) -> int:
    """Return the number of pages; raises ValidationError where the PDF does not open."""
    return sandbox.run(count_in_sandbox, data, pool=PREVIEWS)[0]


def render_page(source: bytes | File, index: int, width: int, *, sha256: str = "", pool: Pool = PREVIEWS) -> bytes:
    """Return page `index` (from 0) of bytes or a stored file as PNG, `width` pixels wide.

    With the file's sha256 the image is kept on disk, or that there can be none. Raises ValueError for a width outside
    WIDTHS, IndexError for a page that there is not, ValidationError for a PDF that cannot be drawn, Busy.
    """
    if width not in WIDTHS:
        raise ValueError(f"width {width}: one of {WIDTHS}")
    cached = _cached(sha256, index, width) if sha256 else None
    if cached and cached.is_file():
        return cached.read_bytes()
    if sha256 and _failure(sha256, index).is_file():
        raise _slow(index)
    try:
        found, image = sandbox.run(
            render_in_sandbox, _read(source), pool=pool, cpu=PREVIEWS.cpu, index=index, width=width
        )
    except Busy:
        raise
    except ValidationError as error:
        if sha256:
            _keep(b"", _failure(sha256, index))
        if error.code == "complex":
            raise _slow(index) from error
        raise
    if not found:
        raise IndexError(f"page {index}")
    if cached:
        _keep(image, cached)
    return image


def check(data: bytes) -> None:
    """Refuse a new PDF that cannot be shown page by page within the limits; raises ValidationError, Busy.

    The page that costs most in a small picture is drawn as it would be shown, and kept or remembered so. Of a long file
    the later pages are not looked at: what they cost is seen when somebody opens them.
    """
    try:
        dearest = sandbox.run(glance_in_sandbox, data, cpu=_MOST_SECONDS)[0]
    except ValidationError as error:
        if error.code == "complex":
            raise _refused("文件的内容") from error
        raise
    if dearest is not None:
        try:
            render_page(data, dearest, PAGE, sha256=hashlib.sha256(data).hexdigest(), pool=HOUSE)
        except ValidationError as error:
            if error.code == "complex":
                raise _refused(f"第 {dearest + 1} 页的内容") from error
            raise


def forget(sha256: str) -> None:
    """Delete the page images kept of a file that is gone."""
    for image in _folder(sha256).glob(f"{sha256}-*"):
        image.unlink(missing_ok=True)


def count_in_sandbox(data: bytes) -> tuple[int, bytes]:
    with _document(data) as document:
        return len(document), b""


def render_in_sandbox(data: bytes, *, index: int, width: int) -> tuple[bool, bytes]:
    with _document(data) as document:
        if not 0 <= index < len(document):
            return False, b""
        stream = io.BytesIO()
        _drawn(document, index, width).save(stream, "PNG", compress_level=4)
        return True, stream.getvalue()


def glance_in_sandbox(data: bytes) -> tuple[int | None, bytes]:
    """Return the page that costs most to draw; None where none costs much."""
    dearest, most = None, _GLANCE_SECONDS
    with _document(data) as document:
        for index in range(len(document)):
            started = time.process_time()
            _drawn(document, index, _GLANCE)
            took = time.process_time() - started
            if took > most:
                dearest, most = index, took
            if time.process_time() > _FILE_SECONDS:
                break
    return dearest, b""


def _document(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ValidationError("文件已损坏，无法打开。请重新导出为 PDF 后上传。", code="damaged") from error


def _slow(index: int) -> ValidationError:
    return ValidationError(_SLOW.format(index + 1), code="complex")


def _refused(what: str) -> ValidationError:
    return ValidationError(_REFUSED.format(what), code="complex")


def _drawn(document: pypdfium2.PdfDocument, index: int, width: int) -> Image.Image:
    document.init_forms()  # without it, no signature is drawn
    page = document[index]
    across, down = page.get_size()
    scale = min(width / across, (MAX_PIXELS / (across * down)) ** 0.5)
    return page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")


def _read(source: bytes | File) -> bytes:
    if isinstance(source, bytes):
        return source
    with source.open("rb") as stream:
        return stream.read()


def _cached(sha256: str, index: int, width: int) -> Path:
    return _folder(sha256) / f"{sha256}-{int(index)}-{width}.png"


def _failure(sha256: str, index: int) -> Path:
    """Return the file whose being there says that a page cannot be drawn; it is swept like the images."""
    return _folder(sha256) / f"{sha256}-{int(index)}.failed"


def _folder(sha256: str) -> Path:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("sha256: 64 hexadecimal digits")
    return Path(settings.MEDIA_ROOT) / FOLDER / sha256[:2]


def _keep(image: bytes, target: Path) -> None:
    """Write an image so that nobody ever reads half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(image)
    os.replace(partial, target)
