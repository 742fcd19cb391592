"""Images from strangers, opened apart and drawn anew: upright, in plain colours, with nothing beside the picture."""

import contextlib
import io
import struct

import pillow_heif
from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms, ImageOps

from files import sandbox

# Of what is opened, which phones reach (12000 × 9000), and of what is kept: A2 at 250 dpi, more than a drawing needs.
MAX_PIXELS, MOST_KEPT = 120_000_000, 24_000_000
# A real colour profile has a few hundred kilobytes at most.
MAX_PROFILE_BYTES = 4 * 1024 * 1024
# Of a WebP, which no phone takes photos in: its decoder holds four whole pictures, 16 bytes for a pixel.
MAX_WEBP_PIXELS = 50_000_000
QUALITY = 88
_PNG = b"\x89PNG\r\n\x1a\n"
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_REFUSALS = {
    "damaged": "图片已损坏，无法打开，请重新拍照或导出后上传。",
    "pixels": f"图片尺寸过大，超过 {MAX_PIXELS // 10_000} 万像素，请缩小后重新上传。",
    "webp": f"图片尺寸过大，WebP 超过 {MAX_WEBP_PIXELS // 10_000} 万像素，请另存为 JPG，或缩小后重新上传。",
    "animated": "这是动图，只能上传静态图片。请截图或另存为 JPG 后上传。",
    "tones": "图片的颜色深度特殊，转存后会失真。请在看图软件里另存为普通的 8 位 JPG 或 PNG 后上传。",
    "profile": "图片附带的颜色数据异常，请截图或另存为 JPG 后上传。",
}

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
pillow_heif.register_heif_opener(thumbnails=False)
pillow_heif.options.DECODE_THREADS = 1


def redraw(data: bytes) -> tuple[str, bytes]:
    """Return the content type and the bytes of a new JPEG or PNG that shows the same as an image.

    Without EXIF, place, text or anything else around the picture. Raises ValidationError for an image that is damaged,
    moves, or is too large, also as what is kept: a PNG where it is transparent, six times a WebP of the same. Beyond
    MOST_KEPT pixels it is made smaller.
    """
    return sandbox.run(redraw_in_sandbox, data, most_bytes=settings.IMAGE_MAX_BYTES)


def turn(data: bytes) -> tuple[str, bytes]:
    """Return the content type and the bytes of a picture from `redraw`, turned to the right by 90 degrees."""
    return sandbox.run(turn_in_sandbox, data, most_bytes=settings.IMAGE_MAX_BYTES)


def turn_in_sandbox(data: bytes) -> tuple[str, bytes]:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
        turned = image.transpose(Image.Transpose.ROTATE_270)
        stream = io.BytesIO()
        # The same tables again: what a photo loses by it is not seen.
        options = {"quality": QUALITY} if image.format == "JPEG" else {"compress_level": 4}
        turned.save(stream, image.format, **options)
        return Image.MIME[str(image.format)], stream.getvalue()


def redraw_in_sandbox(data: bytes) -> tuple[str, bytes]:
    try:
        with Image.open(io.BytesIO(_without_texts(data)), formats=_FORMATS) as image:
            _check(image)
            is_png = image.format == "PNG"
            size = _kept_size(image)
            image.draft(None, size)  # a JPEG is decoded that small at once
            image.load()
            return _encoded(_upright(_scaled(_in_eight_bits(image), size)), lossless=is_png)
    except Image.DecompressionBombError as error:
        raise _refusal("pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _refusal("damaged") from error


def _without_texts(data: bytes) -> bytes:
    """Return a PNG without its texts, which may be larger than the decoder reads, as a photo's history is."""
    if not data.startswith(_PNG):
        return data
    place, parts = len(_PNG), [_PNG]
    while place + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        if kind not in (b"tEXt", b"zTXt", b"iTXt"):
            parts.append(data[place : place + 12 + length])
        place += 12 + length
    return b"".join(parts)


def _kept_size(image: Image.Image) -> tuple[int, int]:
    part = min(1, (MOST_KEPT / (image.width * image.height)) ** 0.5)
    return max(1, int(image.width * part)), max(1, int(image.height * part))


def _scaled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.width <= size[0]:
        return image
    info = image.info
    if image.mode in ("1", "P"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB" if image.mode == "P" else "L")
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
    small.info = info
    return small


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Return an image of 16 bits per pixel with its tones in 8; raises ValidationError for rarer depths."""
    if image.mode in ("I", "F"):
        raise _refusal("tones")
    if not image.mode.startswith("I;16"):
        return image
    start = 0 if image.mode.endswith("B") else 1
    grey = Image.frombytes("L", image.size, image.tobytes()[start::2])
    grey.info = image.info
    if isinstance(shade := image.info.get("transparency"), int):
        grey.info["transparency"] = shade >> 8
    return grey


def _check(image: Image.Image) -> None:
    """Refuse by what the header says, before anything is decoded."""
    if image.width * image.height > MAX_PIXELS:
        raise _refusal("pixels")
    if image.format == "WEBP" and image.width * image.height > MAX_WEBP_PIXELS:
        raise _refusal("webp")
    # A phone's JPEG or HEIC may hold a depth map or a second view beside the picture; those are left behind.
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        raise _refusal("animated")
    if len(image.info.get("icc_profile") or b"") > MAX_PROFILE_BYTES:
        raise _refusal("profile")


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # broken EXIF is no reason to refuse a good picture
        return image


def _encoded(image: Image.Image, *, lossless: bool) -> tuple[str, bytes]:
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


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """Return the image in sRGB or grey: its own colour profile stays behind."""
    if image.mode in ("1", "L"):
        return image.convert("L")
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            plain = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if plain is not None:  # as it would be if the image itself were changed
                return plain
    return image.convert("RGB")


def _refusal(code: str) -> ValidationError:
    return ValidationError(_REFUSALS[code], code=code)
