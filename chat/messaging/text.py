"""What people type, kept as text that can mislead nobody: no control or direction characters, no towers of accents."""

import re
import unicodedata

# Right-to-left overrides and isolates turn a file's ending or a whole line around for its readers.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Eight marks on one letter are more than any script needs.
_MARKS_IN_A_ROW = 8


def clean(text: str) -> str:
    """Return text with plain line breaks and without what cannot be seen; blank lines at the ends are dropped."""
    text = _DIRECTION.sub("", _BREAKS.sub("\n", text))
    kept, marks = [], 0
    for character in text:
        category = unicodedata.category(character)
        if category in ("Cc", "Cs") and character not in "\n\t":
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept).strip("\n").rstrip()


def one_line(text: str, length: int = 60) -> str:
    """Return the beginning of a text on one line, as lists and quotes show it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
