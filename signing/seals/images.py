"""A picture of a seal that an enterprise uploads: a PNG with nothing behind the seal, judged and drawn anew apart.

The rules are those of the guide, part 11: PNG, transparent, 120 KB (122,880 bytes) at most.
"""

import io

from django.core.exceptions import ValidationError
from PIL import Image

from files import sandbox, scanner

MAX_BYTES = 120 * 1024
# Pixels of a side.
SMALLEST, LARGEST = 150, 2000
# 42 mm at 600 dpi; more no printer shows. Smaller ones where the file would be too large.
_SIDES = (1000, 700, 500)
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Alpha from which a pixel belongs to the seal.
_VISIBLE = 32
# Shares of the picture: what has to be clear, what has to be covered.
_LEAST_CLEAR, _LEAST_COVERED = 0.05, 0.01
# How far the width of a round seal may be from its height.
_ROUND = 1.12
_REFUSALS = {
    "empty": "所选图片为空，请检查后重新选择。",
    "too_large": "图片超过 120 KB（122,880 字节），请压缩或缩小到 1000×1000 像素以内后重新上传。",
    "format": "只能上传 PNG 格式的印章图片，JPG 等格式没有透明背景，请另存为 PNG 后上传。",
    "damaged": "图片已损坏，无法打开，请重新导出 PNG 后上传。",
    "animated": "这是动图，只能上传静态的 PNG 图片。",
    "pixels": f"图片尺寸超过 {LARGEST}×{LARGEST} 像素，请缩小后重新上传。",
    "small": f"图片中的印章太小，长和宽都至少要 {SMALLEST} 像素，请用更清晰的图片。",
    "no_alpha": "图片没有透明通道，请去掉背景并另存为带透明背景的 PNG 后上传。",
    "opaque": "图片的背景不透明，请用看图软件去掉印章以外的底色后上传。",
    "blank": "图片几乎是空白的，看不出印章，请检查后重新选择。",
    "not_round": "公章和合同专用章应为圆形，图片中的印章长宽相差过大，请裁剪端正后重新上传。",
}


def check(data: bytes, *, is_round: bool) -> bytes:
    """Return a new PNG of the seal, square and cut to it, without metadata; raises ValidationError by the first rule.

    Both what comes in and what is kept have at most MAX_BYTES.
    """
    if not data:
        raise refusal("empty")
    if not data.startswith(_SIGNATURE):
        raise refusal("format")
    if len(data) > MAX_BYTES:
        raise refusal("too_large")
    scanner.scan(data)
    return sandbox.run(redraw_in_sandbox, data, is_round=is_round)[1]


def redraw_in_sandbox(data: bytes, *, is_round: bool) -> tuple[str, bytes]:
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            _check_header(image)
            seal = image.convert("RGBA")
    except Image.DecompressionBombError as error:
        raise refusal("pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise refusal("damaged") from error
    return "", _encoded(_squared(seal.crop(_bounds(seal, is_round))))


def refusal(code: str) -> ValidationError:
    return ValidationError(_REFUSALS[code], code=code)


def _check_header(image: Image.Image) -> None:
    """Refuse by what the header says, before anything is decoded."""
    if max(image.size) > LARGEST:
        raise refusal("pixels")
    if min(image.size) < SMALLEST:
        raise refusal("small")
    if getattr(image, "is_animated", False):
        raise refusal("animated")
    if not image.has_transparency_data:
        raise refusal("no_alpha")


def _bounds(seal: Image.Image, is_round: bool) -> tuple[int, int, int, int]:
    """Return the box of what is visible."""
    covered = seal.getchannel("A").point(lambda alpha: 255 if alpha >= _VISIBLE else 0)
    share = covered.histogram()[255] / (seal.width * seal.height)
    if share > 1 - _LEAST_CLEAR:
        raise refusal("opaque")
    box = covered.getbbox()
    if share < _LEAST_COVERED or not box:
        raise refusal("blank")
    width, height = box[2] - box[0], box[3] - box[1]
    if is_round and max(width, height) > _ROUND * min(width, height):
        raise refusal("not_round")
    if min(width, height) < SMALLEST:
        raise refusal("small")
    return box


def _squared(seal: Image.Image) -> Image.Image:
    side = max(seal.size)
    square = Image.new("RGBA", (side, side))
    square.paste(seal, ((side - seal.width) // 2, (side - seal.height) // 2))
    return square


def _encoded(seal: Image.Image) -> bytes:
    for side in _SIDES:
        seal.thumbnail((side, side), Image.Resampling.LANCZOS)
        stream = io.BytesIO()
        seal.save(stream, "PNG", optimize=True)
        if stream.tell() <= MAX_BYTES:
            return stream.getvalue()
    raise refusal("too_large")
