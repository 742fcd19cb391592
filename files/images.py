"""Images from strangers, opened apart and drawn anew: upright, in plain colours, with nothing beside the picture."""

import contextlib
import io

import pillow_heif
from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms, ImageOps

from files import sandbox

MAX_PIXELS = 50_000_000
# A real colour profile has a few hundred kilobytes at most.
MAX_PROFILE_BYTES = 4 * 1024 * 1024
QUALITY = 88
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_REFUSALS = {
    "damaged": "图片已损坏，无法打开，请重新拍照或导出后上传。",
    "pixels": f"图片尺寸过大，超过 {MAX_PIXELS // 1_000_000} 百万像素，请缩小后重新上传。",
    "animated": "这是动图，只能上传静态图片。请截图或另存为 JPG 后上传。",
    "profile": "图片附带的颜色数据异常，请截图或另存为 JPG 后上传。",
}

pillow_heif.register_heif_opener(thumbnails=False)
pillow_heif.options.DECODE_THREADS = 1


def redraw(data: bytes) -> tuple[str, bytes]:
    """Return the content type and the bytes of a new JPEG or PNG that shows the same as an image.

    Without EXIF, place, text or anything else around the picture. Raises ValidationError for an image that is damaged,
    moves, or is too large, also as what is kept: a PNG where it is transparent, six times a WebP of the same.
    """
    return sandbox.run(redraw_in_sandbox, data, most_bytes=settings.IMAGE_MAX_BYTES)


def redraw_in_sandbox(data: bytes) -> tuple[str, bytes]:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check(image)
            image.load()
            return _encoded(_upright(image), lossless=image.format == "PNG")
    except Image.DecompressionBombError as error:
        raise _refusal("pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _refusal("damaged") from error


def _check(image):
    """Refuse by what the header says, before anything is decoded."""
    if image.width * image.height > MAX_PIXELS:
        raise _refusal("pixels")
    # A phone's JPEG or HEIC may hold a depth map or a second view beside the picture; those are left behind.
    if image.format in ("PNG", "WEBP") and image.is_animated:
        raise _refusal("animated")
    if len(image.info.get("icc_profile") or b"") > MAX_PROFILE_BYTES:
        raise _refusal("profile")


def _upright(image):
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # broken EXIF is no reason to refuse a good picture
        return image


def _encoded(image, *, lossless):
    stream = io.BytesIO()
    if image.has_transparency_data:
        image, lossless = image.convert("RGBA"), True
    else:
        image = _in_plain_colours(image)
    image.info = {}  # or the encoder would copy comments
    if lossless:
        image.save(stream, "PNG", compress_level=4)
        return "image/png", stream.getvalue()
    image.save(stream, "JPEG", quality=QUALITY)
    return "image/jpeg", stream.getvalue()


def _in_plain_colours(image):
    """Return the image in sRGB or grey: its own colour profile stays behind."""
    if image.mode in ("1", "L", "I", "F", "I;16"):
        return image.convert("L")
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return image.convert("RGB")


def _refusal(code):
    return ValidationError(_REFUSALS[code], code=code)
