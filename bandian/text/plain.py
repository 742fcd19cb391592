"""What people type or paste, made plain: the one place that every form, validator and search asks.

`text` and `line` keep what is written on purpose: Chinese punctuation, ㎡, ①, ½, emoji. `name` and `code` are compared
with registers and papers, so that they are folded wholly (NFKC). `key` is what a search compares, and is never kept.
Each of them leaves alone what is plain already. Sources: Unicode TR 15 (normal forms), TR 36 (what cannot be seen).
"""

import re
import unicodedata

HANZI = (
    r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d\ufa70-\ufad9\U00020000-\U0002a6df\U0002a700-\U0002b739"
    r"\U0002b740-\U0002b81d\U0002b820-\U0002cea1\U0002ceb0-\U0002ebe0\U0002ebf0-\U0002ee5d\U0002f800-\U0002fa1d"
    r"\U00030000-\U0003134a\U00031350-\U000323af]"
)
# What nobody sees: soft hyphens, joiners, directions, isolates, the mark of byte order.
UNSEEN = "".join(
    chr(code)
    for codes in (
        (0xAD, 0x61C, 0x180E, 0xFEFF),
        range(0x200B, 0x2010),
        range(0x202A, 0x202F),
        range(0x2060, 0x2070),
        range(0xFFF9, 0xFFFC),
    )
    for code in codes
)
# The dots that stand for the one of names, U+00B7.
DOTS = "\u0387\u2022\u2024\u2027\u2219\u22c5\u30fb\ufe52\uff65"
# Radicals stand in for characters in what is copied from PDFs. Unicode folds the Kangxi ones (U+2F00 on), and of the
# supplement two only; these are others that Chinese fonts draw with the character's own glyph.
_SUPPLEMENT = dict(
    zip(
        "⺂⺅⺇⺉⺋⺏⺐⺒⺓⺔⺖⺘⺙⺛⺞⺟⺠⺡⺣⺤⺦⺨⺭⺯⺰⺱⺹⺺⺽⺾⺿⻀⻁⻂⻄⻅⻆⻈⻉⻋⻌⻐⻑⻓⻔⻖⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻮⻯⻰⻱⻲⻳",
        "乛亻𠘨刂㔾尣尢巳幺彑忄扌攵旡歺母民氵灬爫丬犭礻糹纟罓耂肀𦥑艹艹艹虎衤西见角讠贝车辶钅長长门阝青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐齿竜龙龜亀龟",
        strict=True,
    )
)
RADICALS = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)} | _SUPPLEMENT
# Letters of other scripts that look like those of codes.
_LOOKALIKES = str.maketrans("АВЕЅІЈКМНОРСТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTXYABEZHIKMNOPTYX")
_FULL_WIDTH = {ord(full): half for full, half in zip("０１２３４５６７８９", "0123456789", strict=True)} | {
    0xFF21 + case + place: chr(0x41 + case + place) for case in (0, 0x20) for place in range(26)
}
_DRAWN_ALIKE = str.maketrans(RADICALS) | _FULL_WIDTH
_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
# A joiner between two emoji makes one of them.
_TO_DROP = re.compile(f"(?<![{_EMOJI}])\u200d|\u200d(?![{_EMOJI}])|(?!\u200d)[{UNSEEN}]")
_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_DECIMAL_POINT = re.compile(r"(?<=[0-9])．(?=[0-9])")
# Eight marks on one letter are more than any script needs.
_MARKS_IN_A_ROW = 8
_NAME_DOT = re.compile(rf" ?[{DOTS}·] ?|(?<={HANZI})[.。](?={HANZI})")
_APOSTROPHES = re.compile("[`\u00b4\u02b9\u02bc\u2018\u2019\u201b\u2032]")
# What is put between the signs of a code: blanks, dashes, dots, brackets.
_SEPARATORS = re.compile(rf"[\s\-\u2010-\u2015\u2212_.·{DOTS}()]+")
# "核验码：" before the code.
_LABEL = re.compile(r"^[\u4e00-\u9fff]+[:;,]?(?=[+0-9A-Z])")
# Which of two drawings of a sign is meant, as after an emoji.
SELECTORS = "".join(chr(code) for codes in (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0)) for code in codes)
_NOT_COMPARED = re.compile(f"[\u200d{SELECTORS}]")
_ONE_DOT = dict.fromkeys(map(ord, DOTS + ".。"), "·")


def text(value: str) -> str:
    """Return a text of several lines without what cannot be seen, its letters, digits and radicals in one form.

    Line breaks and Chinese punctuation stay as they are; blank lines at both ends and blanks at the end go.
    """
    value = _BREAKS.sub("\n", value)
    if not value.isascii() or not value.isprintable():
        value = _TO_DROP.sub("", _without_towers(value)).translate(_DRAWN_ALIKE)
        value = _DECIMAL_POINT.sub(".", unicodedata.normalize("NFC", value))
    return value.strip("\n").rstrip()


def line(value: str) -> str:
    """Return `text` on one line, with single blanks."""
    return " ".join(text(value).split())


def folded(value: str) -> str:
    """Return `text` in its compatibility form (NFKC), in which signs that draw alike are one."""
    return text(unicodedata.normalize("NFKC", text(value)))


def name(value: str) -> str:
    """Return the name of a person: folded, with the one dot of Chinese names; blanks inside are not ours to drop."""
    return _NAME_DOT.sub("·", line(_APOSTROPHES.sub("'", folded(value.replace("\u00b4", "'")))))


def code(value: str) -> str:
    """Return a code or a number as registers have it: half-width, upper case, with nothing between its signs."""
    bare = _SEPARATORS.sub("", folded(value).upper()).translate(_LOOKALIKES)
    return folded(_LABEL.sub("", bare))


def compact(value: str) -> str:
    """Return text folded and without blanks, such as an e-mail address."""
    return folded("".join(folded(value).split()))


def key(value: str) -> str:
    """Return what a search compares on both sides: folded, without case, whichever of the dots was typed."""
    bare = _NOT_COMPARED.sub("", " ".join(folded(value).split()))
    return folded(bare.translate(_ONE_DOT).casefold())


def _without_towers(value: str) -> str:
    """Return the text without controls, halves of pairs, and marks piled on one letter; NUL stays, to be refused."""
    kept, marks = [], 0
    for character in value:
        category = unicodedata.category(character)
        if category in ("Cc", "Cs") and character not in "\n\t\0":
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)
