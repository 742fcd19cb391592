"""Provinces, cities and districts by their code (GB/T 2260; four cities without districts list their towns)."""

import json
from functools import cache
from pathlib import Path

# Levels that exist in the code list only, and that nobody writes in an address.
_UNSPOKEN = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}


@cache
def _names() -> dict[str, str]:
    return json.loads(Path(__file__).with_name("regions.json").read_text(encoding="utf-8"))["names"]


def parents(code: str) -> list[str]:
    """Return the codes above a code and the code itself, widest first; [] for an unknown code."""
    if code not in _names():
        return []
    return [code[:length] for length in (2, 4) if length < len(code)] + [code]


def children(code: str = "") -> list[tuple[str, str]]:
    """Return [(code, name)] one level below a code; below "" the provinces."""
    found = _children().get(code, ())
    return [(child, _names()[child]) for child in found]


def is_district(code: str) -> bool:
    """Whether a code is of the lowest level, the one an address needs."""
    return code in _names() and len(code) >= 6


def full_name(code: str) -> str:
    """Return the name as written in an address, e.g. 浙江省杭州市西湖区 or 北京市朝阳区."""
    return "".join(name for part in parents(code) if (name := _names()[part]) not in _UNSPOKEN)


def containing(text: str) -> list[str]:
    """Return the codes of the districts in whose full name a text stands, e.g. those of 杭州市."""
    return [code for code in _names() if is_district(code) and text in full_name(code)]


@cache
def _children() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code in _names():
        parent = "" if len(code) == 2 else code[: 2 if len(code) == 4 else 4]
        found.setdefault(parent, []).append(code)
    return found
