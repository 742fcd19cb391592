"""Handwriting: strokes of the signature pad as they were drawn, checked on the server; or a name typed in its place."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Never

from django.core.exceptions import ValidationError

MAX_BYTES = 1_000_000
MAX_STROKES = 200
MAX_POINTS = 20_000
# Parts of the pad's shorter side.
_LEAST_LENGTH = 0.3
_LEAST_SPREAD = 0.08
_STRAIGHT = 1.06

_BROKEN = "签名数据不完整，请清空后重新签名。"
_NOTHING = "还没有签名，请在签名框内手写姓名。"
_TOO_SHORT = "签名太短，请手写完整的姓名。"
_TOO_LONG = "签名笔画过多，请清空后重新签名。"


@dataclass(frozen=True)
class Point:
    """x and y are parts of the pad from its upper left corner; time in ms by the pad's clock, pressure 0 to 1."""

    x: float
    y: float
    time: float | None = None
    pressure: float | None = None


@dataclass(frozen=True)
class Strokes:
    width: float
    height: float
    strokes: tuple[tuple[Point, ...], ...]

    @classmethod
    def parse(cls, text: str) -> "Strokes":
        """Read the pad's JSON: {"width", "height", "strokes": [[[x, y, t, p], …], …]}, t and p optional.

        Raises ValidationError for anything malformed, for nothing drawn, a dot, a mere line, too much.
        """
        if len(text) > MAX_BYTES:
            raise ValidationError(_TOO_LONG, code="too_long")
        if not text.strip():
            raise ValidationError(_NOTHING, code="nothing")
        try:
            drawn = cls.read(json.loads(text, parse_constant=_refuse))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ValidationError(_BROKEN, code="broken") from error
        drawn._check()
        return drawn

    @classmethod
    def read(cls, pad: Any) -> "Strokes":
        """Return the strokes of decoded JSON, without a judgement on them."""
        if not isinstance(pad, dict) or not isinstance(pad["strokes"], list):
            raise TypeError("pad")
        width, height = _number(pad["width"], 10, 20_000), _number(pad["height"], 10, 20_000)
        if len(pad["strokes"]) > MAX_STROKES or sum(map(len, pad["strokes"])) > MAX_POINTS:
            raise ValidationError(_TOO_LONG, code="too_long")
        strokes = (tuple(map(_point, stroke)) for stroke in pad["strokes"])
        return cls(width, height, tuple(stroke for stroke in strokes if stroke))

    def _check(self) -> None:
        if not self.strokes:
            raise ValidationError(_NOTHING, code="nothing")
        paths = [[(point.x * self.width, point.y * self.height) for point in stroke] for stroke in self.strokes]
        side = min(self.width, self.height)
        lengths = [sum(math.dist(*pair) for pair in pairwise(path)) for path in paths]
        left, top, right, bottom = self.bounds()
        if sum(lengths) < _LEAST_LENGTH * side or max(right - left, bottom - top) < _LEAST_SPREAD * side:
            raise ValidationError(_TOO_SHORT, code="too_short")
        if len(paths) == 1 and lengths[0] < _STRAIGHT * math.dist(paths[0][0], paths[0][-1]):
            raise ValidationError(_TOO_SHORT, code="too_short")

    def bounds(self) -> tuple[float, float, float, float]:
        """Return the ink's (left, top, right, bottom) in pad pixels."""
        across = [point.x * self.width for stroke in self.strokes for point in stroke]
        down = [point.y * self.height for stroke in self.strokes for point in stroke]
        return min(across), min(down), max(across), max(down)

    def dump(self) -> str:
        """Return what `parse` reads, rounded to what the eye can see."""
        strokes = [[_row(point) for point in stroke] for stroke in self.strokes]
        return json.dumps({"width": self.width, "height": self.height, "strokes": strokes}, separators=(",", ":"))

    def svg_path(self) -> str:
        """Return a path for `<path fill="none" stroke-linecap="round">` in the view box 0 0 width height."""
        lines = (stroke if stroke[1:] else stroke * 2 for stroke in self.strokes)
        return " ".join("M" + "L".join(map(self._svg_point, line)) for line in lines)

    def _svg_point(self, point: Point) -> str:
        return f"{point.x * self.width:.1f} {point.y * self.height:.1f}"


@dataclass(frozen=True)
class Typed:
    """The name of one who cannot write by hand."""

    name: str

    def dump(self) -> str:
        """Return what `load` reads."""
        return json.dumps({"typed": self.name}, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Strokes | Typed:
    """Return what was kept by `dump`, of either kind."""
    kept = json.loads(text)
    return Typed(kept["typed"]) if "typed" in kept else Strokes.read(kept)


def _refuse(constant: str) -> Never:
    raise ValueError(constant)


def _number(value: object, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise ValueError("number")
    return float(value)


def _point(values: Sequence[Any]) -> Point:
    x, y, time, pressure = [*values, None, None][:4] if 2 <= len(values) <= 4 else [None] * 4
    return Point(
        _number(x, 0, 1),
        _number(y, 0, 1),
        None if time is None else _number(time, 0, 1e14),
        None if pressure is None else _number(pressure, 0, 1),
    )


def _row(point: Point) -> list[float | None]:
    row: list[float | None] = [round(point.x, 4), round(point.y, 4)]
    if point.time is None and point.pressure is None:
        return row
    time = None if point.time is None else round(point.time)
    return [*row, time] if point.pressure is None else [*row, time, round(point.pressure, 3)]
