"""Boxes for signing that somebody placed by hand: on the page, large enough, apart from one another."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from django.core.exceptions import ValidationError

from signing.enums import Role
from signing.pdf.anchors import SMALLEST, Place
from signing.pdf.geometry import Display

# Fractions of the page that a rounded number may be off.
_TOLERANCE = 0.0005
# (page from 0, left, top, right, bottom); fractions of the displayed page.
Placed = tuple[int, float, float, float, float]


def check(placed: Mapping[str, Placed], displays: Sequence[Display]) -> dict[str, Place]:
    """Return {role: Place} of those boxes that stand on one of the pages.

    `placed` is {role: (page, left, top, right, bottom)}. A page one past the last is the page for signing that may be
    added. Raises ValidationError for a box off its page, too small on paper, or over another.
    """
    found = {}
    for role, (page, *rectangle) in placed.items():
        if not 0 <= page <= len(displays):
            raise ValidationError(f"“{Role(role).line}”所在的第 {page + 1} 页不存在，请重新放置。", code="place_page")
        left, top, right, bottom = rectangle
        if not (-_TOLERANCE <= left < right <= 1 + _TOLERANCE and -_TOLERANCE <= top < bottom <= 1 + _TOLERANCE):
            message = f"“{Role(role).line}”的位置超出了页面，请把它完整地拖回第 {page + 1} 页内。"
            raise ValidationError(message, code="place_off")
        if page < len(displays):
            _check_size(role, rectangle, displays[page])
            clamped = [min(max(value, 0), 1) for value in rectangle]
            found[role] = Place(page, displays[page].on_page(clamped))
    check_distance(found)
    return found


def check_distance(places: Mapping[str, Place]) -> None:
    """Raise ValidationError where two parties' boxes meet."""
    for (one, place), (other, place2) in combinations(places.items(), 2):
        (x0, y0, x1, y1), (left, bottom, right, top) = place.box, place2.box
        if place.page == place2.page and x0 < right and left < x1 and y0 < top and bottom < y1:
            message = f"“{Role(one).line}”和“{Role(other).line}”的位置重叠了，请把它们分开。"
            raise ValidationError(message, code="place_overlap")


def _check_size(role: str, rectangle: Sequence[float], display: Display) -> None:
    (width, height), (left, top, right, bottom) = display.size, rectangle
    if (right - left) * width < SMALLEST[0] - 0.5 or (bottom - top) * height < SMALLEST[1] - 0.5:
        least = "、高 ".join(f"{round(points * 25.4 / 72)} 毫米" for points in SMALLEST)
        message = f"“{Role(role).line}”的位置太小，签名会看不清，请放大到宽 {least}以上。"
        raise ValidationError(message, code="place_small")
