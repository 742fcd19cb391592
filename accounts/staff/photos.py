"""Photos of account managers: really opened, turned upright, made small, and stripped of where they were taken."""

from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
SIDE_PIXELS = 640


def portrait(upload: File) -> ContentFile:
    """Return the upload as a JPEG of at most SIDE_PIXELS a side; raise ValidationError for what is no photo."""
    if upload.size > MAX_BYTES:
        raise ValidationError("照片不能超过 10 MB。", code="size")
    try:
        upload.seek(0)
        with Image.open(upload, formats=["JPEG", "PNG", "WEBP"]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValidationError("照片尺寸过大，请缩小后再上传。", code="pixels")
            small = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError("无法打开照片，请上传 JPG、PNG 或 WebP 图片。", code="image") from error
    small.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
    out = BytesIO()
    small.save(out, "JPEG", quality=85)
    return ContentFile(out.getvalue(), name="portrait.jpg")
