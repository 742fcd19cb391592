"""Gives a PDF the fonts that it names and does not bring, so that it shows the same on every machine."""

import re
from collections.abc import Sequence

import pikepdf
from django.core.exceptions import ValidationError

from files.fonts import making, reading, usage
from files.fonts.reading import Meaning
from files.fonts.usage import Used

# Every program has these, by the standard of PDF or as a matter of course: letters of Europe, and symbols.
_PLAIN = re.compile(
    r"[\0-\u00ff\u0131\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6-\u02dd"
    r"\u2010-\u2044\u20ac\u2122\u2212\ufb01\ufb02\ufffd]*"
)
_EVERYWHERE = re.compile(r"symbol$|zapfdingbats$", re.IGNORECASE)
# .notdef, null, carriage return, space.
_FIRST = 4
# Fonts of pictures name no characters; these codes are known from forms, and have a character of the same look.
_PICTURES = re.compile(r"wingdings|webdings|marlett|barcode|iconfont", re.IGNORECASE)
_KNOWN_PICTURES = re.compile(r"wingdings(?!\W*[23])", re.IGNORECASE)
_DINGBATS = {
    0x6C: "●", 0x6D: "○", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "□", 0x72: "□", 0x75: "◆", 0x76: "◆", 0x77: "◆",
    0x9E: "·", 0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "□", 0xD8: "▶", 0xE0: "→", 0xE8: "→", 0xFC: "✓", 0xFB: "×",
    0xFD: "×", 0xFE: "✓",
}  # fmt: skip


def supply(pdf: pikepdf.Pdf) -> bool:
    """Draw what the pages show in fonts without a file with fonts of ours; return whether any was.

    Fonts that every program has, and others where they show nothing but letters of Europe, are left. Raises
    ValidationError that names the font where nobody can know what it shows, or our fonts lack a character.
    """
    found = usage.find(pdf)
    supplied = False
    for used, meanings in zip(found, reading.meanings(found) if found else [], strict=True):
        meanings = _blanks(used, _pictures(used, meanings))
        texts = [meaning.text for meaning in meanings.values()]
        if _is_everywhere(used, texts):
            continue
        if not "".join(texts).strip() and all(texts):
            continue  # blanks only
        if not all(texts):
            raise _refusal(used.name)
        if characters := making.lacking(meanings):
            raise _refusal(used.name, characters)
        making.replace(pdf, used, meanings)
        supplied = True
    return supplied


def _is_everywhere(used: Used, texts: Sequence[str]) -> bool:
    if used.is_composite or _PICTURES.search(used.name):
        return False
    is_readable = 2 * sum(map(bool, texts)) > len(texts)  # glyphs with names of their own are not
    return bool(_EVERYWHERE.search(used.name) or (is_readable and _PLAIN.fullmatch("".join(texts))))


def _blanks(used: Used, meanings: dict[bytes, Meaning]) -> dict[bytes, Meaning]:
    """Take the first glyphs of a composite font, empty by custom, for blanks where nobody says what they are."""
    if not used.is_composite or not any(meaning.text for meaning in meanings.values()):
        return meanings
    return {
        code: Meaning(" ", it.width) if not it.text and int.from_bytes(code, "big") < _FIRST else it
        for code, it in meanings.items()
    }


def _pictures(used: Used, meanings: dict[bytes, Meaning]) -> dict[bytes, Meaning]:
    if used.is_composite or not _PICTURES.search(used.name):
        return meanings
    known = _DINGBATS if _KNOWN_PICTURES.search(used.name) else {}
    return {code: Meaning(known.get(code[0], " " if code == b" " else ""), it.width) for code, it in meanings.items()}


def _refusal(name: str, characters: str = "") -> ValidationError:
    which = f"，其中的“{characters[:10]}”系统也没有字体可以代替" if characters else "，系统无法得知它显示的是什么字"
    message = (
        f"文件使用的字体“{name[:40]}”没有嵌入{which}，在别的电脑上会显示为空白或乱码。"
        "请在导出 PDF 时选择“嵌入字体”，或用“打印为 PDF”重新导出后上传。"
    )
    return ValidationError(message, code="fonts")
