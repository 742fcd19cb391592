"""Whether a sign is seen as what it is read as: what the text of a PDF says, its drawing need not show.

White art over a sign hides it, another sign may stand on top, and a font may call 元 a 年. So the picture of the page
at that place is held against the sign as our own fonts draw it. Fonts differ; what counts is that no unit comes closer.
"""

from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from signing.marks import fonts

# What stands behind numbers in a paper; a number in front of one of these would be an amount, not a date.
_UNITS = "元角分厘整万千百十亿圆币吨度瓦时伏安天人次份页条项款倍成折名台户米号"
_DATE = "年月日"
_SIDE, _REACH = 40, 2  # pixels; strokes of another font lie about so far off
_LEAST = 0.75
_DRAWN, _INKED = 96, 90
# The ink of a sign, and the same with broader strokes.
Shape = tuple[Image.Image, Image.Image]


def shows(ink: Image.Image, sign: str) -> bool:
    """Whether a picture, white on black, looks like the sign, and like no unit more than like a date's."""
    if (seen := _shape(ink)) is None:
        return False
    likeness = _likeness(seen, sign)
    if likeness < _LEAST:
        return False
    return sign not in _DATE or all(_likeness(seen, other) <= likeness for other in _UNITS)


def _likeness(seen: Shape, sign: str) -> float:
    """Return how much of either shape lies on the other, from 0 to 1, in the font that fits best."""
    return max(min(_share(seen[0], known[1]), _share(known[0], seen[1])) for known in _known(sign))


def _share(shape: Image.Image, broad: Image.Image) -> float:
    return ImageChops.darker(shape, broad).histogram()[255] / shape.histogram()[255]


@cache
def _known(sign: str) -> list[Shape]:
    return [shape for name in (fonts.SANS, fonts.SERIF) if (shape := _shape(_drawn(sign, name)))]


def _drawn(sign: str, name: str) -> Image.Image:
    image = Image.new("L", (2 * _DRAWN, 2 * _DRAWN))
    ImageDraw.Draw(image).text((_DRAWN // 2, _DRAWN // 4), sign, 255, _font(name))
    return image


@cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts.path(name)), _DRAWN)


def _shape(image: Image.Image) -> Shape | None:
    """Return the ink of a picture, in one size for all, and the same with broader strokes; None without ink."""
    if (bounds := image.getbbox()) is None:
        return None
    ink = image.crop(bounds)
    way = Image.Resampling.BOX if ink.width > _SIDE else Image.Resampling.BILINEAR
    shape = ink.resize((_SIDE, _SIDE), way).point(lambda level: 255 if level > _INKED else 0)
    if not shape.getbbox():
        return None
    return shape, shape.filter(ImageFilter.MaxFilter(2 * _REACH + 1))
