"""Photos of account managers: opened apart, turned upright, made small, and stripped of where they were taken."""

from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from PIL import Image

from bandian.web.pools import Busy
from files import images

MAX_BYTES = 10 * 1024 * 1024
SIDE_PIXELS = 640


def portrait(upload: File) -> ContentFile:
    """Return the upload as a JPEG of at most SIDE_PIXELS a side; raise ValidationError for what is no photo."""
    if upload.size > MAX_BYTES:
        raise ValidationError("照片不能超过 10 MB。", code="size")
    upload.seek(0)
    try:
        _, redrawn = images.redraw(upload.read())
    except Busy:
        raise
    except ValidationError as error:
        raise ValidationError(f"无法使用这张照片：{error.messages[0]}", code="image") from error
    with Image.open(BytesIO(redrawn)) as image:
        image.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
        small = image.convert("RGB")
    out = BytesIO()
    small.save(out, "JPEG", quality=85)
    return ContentFile(out.getvalue(), name="portrait.jpg")
