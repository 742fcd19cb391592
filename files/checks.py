"""What an uploaded file must be: a PDF or an image that opens, is called what it is, and cannot harm its readers."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File

from bandian.text import plain
from bandian.web.rates import Rate, count, is_within
from files import cleaning, images, previews, scanner

NAME_LENGTH = 255
MEGABYTE = 1024 * 1024
# Of one person; the forms of a stage take 80 files at most.
UPLOADS = Rate("uploads", 100, timedelta(minutes=10))
# Megabytes of one person: an order takes a gigabyte, but orders can be filed and withdrawn one after the other.
VOLUME = Rate("upload-volume", 4096, timedelta(days=1))
_PDF_ENDINGS = {".pdf"}
_IMAGE_ENDINGS = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".hif"}
# What names a kind of file. Anything else behind a dot is part of the name: 竣工图 V2.1, 扫描件.2026-11-28.
_KNOWN_ENDINGS = (
    _PDF_ENDINGS
    | _IMAGE_ENDINGS
    | {
        f".{ending}"
        for ending in [
            "doc",
            "docx",
            "docm",
            "dot",
            "rtf",
            "odt",
            "wps",
            "xls",
            "xlsx",
            "xlsm",
            "csv",
            "ods",
            "et",
            "ppt",
            "pptx",
            "pptm",
            "odp",
            "dps",
            "txt",
            "md",
            "log",
            "xml",
            "json",
            "htm",
            "html",
            "mht",
            "svg",
            "gif",
            "bmp",
            "tif",
            "tiff",
            "ico",
            "psd",
            "ai",
            "eps",
            "raw",
            "dng",
            "dwg",
            "dxf",
            "dwf",
            "step",
            "stp",
            "ofd",
            "ceb",
            "caj",
            "djvu",
            "epub",
            "zip",
            "rar",
            "7z",
            "gz",
            "tar",
            "iso",
            "mp3",
            "wav",
            "m4a",
            "mp4",
            "mov",
            "avi",
            "mkv",
            "exe",
            "msi",
            "apk",
            "bat",
            "cmd",
            "com",
            "scr",
            "ps1",
            "sh",
            "js",
            "vbs",
            "jar",
            "dll",
            "lnk",
            "php",
            "py",
            "eml",
            "msg",
            "p7m",
        ]
    }
)
_IMAGE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_NOT_SHOWN = "文件内容过于复杂，有的页面无法在网页上显示，办理人员会下载原文件查看。"


@dataclass(frozen=True)
class Checked:
    """What is kept of a file; `notes` tell the customer what was taken out."""

    content: bytes
    content_type: str
    pages: int = 1
    notes: str = ""


def check(upload: File) -> Checked:
    """Return what to keep of an upload that can be shown; raises ValidationError that names problem and remedy."""
    checked = clean(read(upload))
    if checked.content_type == "application/pdf":
        previews.check(checked.content)
    return checked


def marked(checked: Checked) -> Checked:
    """Return a file with a note where it cannot be shown as pages: it is kept all the same, to be downloaded."""
    if checked.content_type != "application/pdf":
        return checked
    try:
        previews.check(checked.content)
    except previews.Busy:
        raise
    except ValidationError:
        return replace(checked, notes=f"{checked.notes}{_NOT_SHOWN}")
    return checked


def check_rate(by: object, size: int) -> None:
    """Count one upload of a user's; raises ValidationError beyond the rates, before anything is opened."""
    check_volume(by, size)
    if not is_within(UPLOADS, by):
        minutes = UPLOADS.seconds // 60
        message = (
            f"上传过于频繁（每 {minutes} 分钟最多 {UPLOADS.most} 个文件），这个文件没有保存，请 {minutes} 分钟后再传。"
        )
        raise ValidationError(message, code="rate")


def check_volume(by: object, size: int) -> None:
    """Count the bytes alone, where the number has a rate of its own."""
    if count(VOLUME, by, -(-size // MEGABYTE)) > VOLUME.most:
        message = f"您一天内上传的文件合计超过 {VOLUME.most // 1024} GB，这个文件没有保存，请明天再传。"
        raise ValidationError(message, code="rate")


def read(upload: File) -> bytes:
    """Return the bytes of an upload that is not empty, not too large, and begins like what its name says."""
    if not upload.size:
        raise ValidationError("所选文件为空，请检查后重新选择。", code="empty")
    upload.seek(0)
    head = upload.read(1024)
    if _is_image(head):
        _check_limits(upload, "图片", settings.IMAGE_MAX_BYTES, _IMAGE_ENDINGS)
    elif b"%PDF-" in head:
        _check_limits(upload, "PDF", settings.PDF_MAX_BYTES, _PDF_ENDINGS)
    else:
        message = "只能上传 PDF、JPG 或 PNG 文件（手机照片 HEIC、WebP 也可以）；其他格式请另存为 PDF 后再上传。"
        raise ValidationError(message, code="format")
    return head + upload.read()


def clean(content: bytes) -> Checked:
    """Return what to keep of bytes that came from `read`, after the scanner and the sandbox; raises ValidationError."""
    scanner.scan(content)
    if _is_image(content[:1024]):
        content_type, redrawn = images.redraw(content)
        return Checked(redrawn, content_type)
    kept, pages, removed = cleaning.clean(content)
    notes = f"为安全起见，已去除文件中的{'、'.join(removed)}。" if removed else ""
    return Checked(kept, "application/pdf", pages, notes)


def ending_of(name: str) -> str:
    """Return the ending of a name where it says what kind of file it is, in small letters with the dot; else ""."""
    ending = PurePath(plain.compact(name)).suffix.lower()
    return ending if ending in _KNOWN_ENDINGS else ""


def with_ending(name: str, *endings: str) -> str:
    """Return a file's name with the first of `endings`, where it has none of them; what is no ending is kept."""
    name = PurePath(name).name
    found = ending_of(name)
    return name if found in endings else f"{PurePath(name).stem if found else name}{endings[0]}"


def shown_name(name: str) -> str:
    """Return what the customer called the file, as text of at most 255 characters that cannot mislead its reader."""
    path = PurePath(plain.line(name.replace("\0", "")))
    return (path.stem[: NAME_LENGTH - len(path.suffix)] + path.suffix)[:NAME_LENGTH] or "未命名文件"


def _is_image(head: bytes) -> bool:
    return (
        head.startswith(_IMAGE_STARTS)
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS)
    )


def _check_limits(upload: File, what: str, limit: int, endings: Collection[str]) -> None:
    if upload.size > limit:
        message = f"{what}超过 {limit // 1024 // 1024} MB 的上限，请压缩后重新上传。"
        raise ValidationError(message, code="too_large")
    ending = ending_of(upload.name or "")
    if ending and ending not in endings:
        message = f"文件名以 {ending} 结尾，内容却是{what}。请核对所选文件，改正扩展名后重新上传。"
        raise ValidationError(message, code="ending")
