"""Chinese fonts for papers made with reportlab.

The pinned packages carry OpenType fonts with CFF outlines, which reportlab refuses; they are turned into
TrueType once, into VAR_DIR/fonts, under a file lock. Those of Japan and Taiwan are kept to what the Chinese ones lack.
FONT_SANS and FONT_SERIF name other TrueType files, FONT_RARE one for the characters that all of these lack. What none
of them has is printed as its number, never as an empty box.
"""

import fcntl
import hashlib
import os
import threading
import unicodedata
from collections.abc import Collection, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pylopdf_fonts_jp
import pylopdf_fonts_zh_cn
import pylopdf_fonts_zh_tw
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from reportlab.pdfbase import pdfmetrics, ttfonts

SANS, SERIF, RARE = "BandianSans", "BandianSerif", "BandianRare"
# Characters of names such as 𠮷 and 𨭎: 2,300, of which 2,000 lie in Extension B.
_JAPAN, _TAIWAN = "BandianJapan", "BandianTaiwan"

_SOURCES = {
    SANS: ("FONT_SANS", pylopdf_fonts_zh_cn.sans_path),
    SERIF: ("FONT_SERIF", pylopdf_fonts_zh_cn.serif_path),
    _JAPAN: ("", pylopdf_fonts_jp.serif_path),
    _TAIWAN: ("", pylopdf_fonts_zh_tw.serif_path),
    RARE: ("FONT_RARE", None),
}
_CHINESE = (pylopdf_fonts_zh_cn.sans_path(), pylopdf_fonts_zh_cn.serif_path())
# Categories of marks that join, modify or steer, and show nothing by themselves.
_WITHOUT_LOOK = ("Cc", "Cf", "Cs", "Cn", "Mn", "Me", "Zl", "Zp")
_TABLES = {"head", "hhea", "maxp", "OS/2", "name", "cmap", "post", "hmtx"}
# Part of the cached files' names: raise it when convert() changes.
_RECIPE = 1
_register_lock = threading.Lock()


def register() -> tuple[str, str]:
    """Register the families with reportlab, once per process, and return their names (SANS, SERIF)."""
    with _register_lock:
        if SERIF not in pdfmetrics.getRegisteredFontNames():
            faces = [Face(name, path(name)) for name in faces_of(SANS)]
            for face in faces:
                face.others = [other for other in faces if other is not face]
                name = face.fontName
                pdfmetrics.registerFont(face)
                pdfmetrics.registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)
    return SANS, SERIF


def faces_of(name: str) -> list[str]:
    """Return the names of the fonts that are asked for a character: the one that is wished, then the others."""
    others = [other for other in (SANS, SERIF) if other != name]
    return [name, *others, _JAPAN, _TAIWAN, *([RARE] if settings.FONT_RARE else [])]


def spelled(character: str) -> str:
    """Return what stands for a character that no font has: its number, or nothing where it has no look of its own."""
    if unicodedata.category(character) in _WITHOUT_LOOK:
        return ""
    return f"〔U+{ord(character):X}〕"


class Face(ttfonts.TTFont):
    """A font that leaves to the `others` what it lacks, character by character."""

    others: list["Face"]

    def stringWidth(self, text: str | bytes, size: float, encoding: str = "utf8") -> float:
        return sum(ttfonts.TTFont.stringWidth(face, part, size) for face, part in self._parts(text, encoding))

    def splitString(self, text: str | bytes, doc: Any, encoding: str = "utf-8") -> list:
        """Return (subset, codes); a subset of another font carries that font."""
        found: list[tuple[Any, bytes]] = []
        for face, part in self._parts(text, encoding):
            chunks = ttfonts.TTFont.splitString(face, part, doc)
            found += chunks if face is self else [((face, subset), codes) for subset, codes in chunks]
        return found

    def getSubsetInternalName(self, subset: Any, doc: Any) -> str:
        face, number = subset if isinstance(subset, tuple) else (self, subset)
        return ttfonts.TTFont.getSubsetInternalName(face, number, doc)

    def _parts(self, text: str | bytes, encoding: str) -> list[tuple["Face", str]]:
        """Give (font, part of the text that it draws)."""
        if isinstance(text, bytes):
            text = text.decode(encoding)
        if all(map(self._has, text)):
            return [(self, text)]
        drawn = "".join(c if self._face_of(c) else spelled(c) for c in unicodedata.normalize("NFC", text))
        return [(face, "".join(part)) for face, part in groupby(drawn, lambda c: self._face_of(c) or self)]

    def _has(self, character: str) -> bool:
        return ord(character) in self.face.charToGlyph or character == "\xa0"

    def _face_of(self, character: str) -> "Face | None":
        return next((face for face in (self, *self.others) if face._has(character)), None)


def register_made() -> None:
    """Register the families if their files exist: to read them takes half a second, to make them half a minute."""
    if not missing():
        register()


@cache
def path(name: str) -> Path:
    """Return the TrueType file of a font, making it first where need be.

    Raises ImproperlyConfigured where the file that the settings name cannot be used.
    """
    setting, packaged = _SOURCES[name]
    chosen = setting and getattr(settings, setting)
    if chosen:
        return _checked(setting, Path(chosen))
    if packaged is None:
        raise ImproperlyConfigured(f"{setting} is empty")
    return _built(name, packaged())


def missing() -> list[str]:
    """Return the names of the fonts that the next use would have to make."""
    return [
        name
        for name, (setting, packaged) in _SOURCES.items()
        if packaged and not (setting and getattr(settings, setting)) and not _target(name, packaged()).exists()
    ]


def convert(source: Path, target: Path, name: str, *, lacking: Collection[Path] = ()) -> None:
    """Write a TrueType copy of a CFF font under its own PostScript name (the fonts' licence reserves theirs).

    Where fonts are given that come before, the copy has only what they lack.
    """
    with TTFont(source) as font:
        if lacking:
            _leave_only(font, set(font.getBestCmap()).difference(*map(_characters, lacking)))
        _convert(font, target, name)


def _characters(path: Path) -> set[int]:
    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


def _leave_only(font: TTFont, characters: set[int]) -> None:
    subsetter = subset.Subsetter(subset.Options(layout_features=[], notdef_outline=True, name_IDs=["*"]))
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)


def _convert(font: TTFont, target: Path, name: str) -> None:
    outlines = font.getGlyphSet()
    glyphs = {}
    for glyph in font.getGlyphOrder():
        pen = TTGlyphPen(None)
        outlines[glyph].draw(Cu2QuPen(pen, max_err=1.0))
        glyphs[glyph] = pen.glyph()
        glyphs[glyph].recalcBounds(None)
    for tag in set(font.keys()) - _TABLES - {"GlyphOrder"}:
        del font[tag]
    font["loca"] = newTable("loca")
    font["glyf"] = table = newTable("glyf")
    table.glyphOrder, table.glyphs = font.getGlyphOrder(), glyphs
    metrics = font["hmtx"].metrics
    font["hmtx"].metrics = {key: (width, getattr(glyphs[key], "xMin", 0)) for key, (width, _) in metrics.items()}
    _set_maxima(font)
    font["post"].formatType = 3.0
    names = font["name"]
    for record in list(names.names):
        if record.nameID not in {0, 13, 14}:  # copyright and licence stay
            names.removeNames(nameID=record.nameID)
    for name_id, text in {1: name, 2: "Regular", 3: f"{name}-{_RECIPE}", 4: name, 6: name}.items():
        names.setName(text, name_id, 3, 1, 0x409)
    font.sfntVersion = "\000\001\000\000"
    font.save(target)


def _set_maxima(font: TTFont) -> None:
    """Fill in the limits that TrueType wants and CFF has not."""
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    unused = "TwilightPoints Storage FunctionDefs InstructionDefs StackElements SizeOfInstructions ComponentElements"
    for key in [*unused.split(), "ComponentDepth"]:
        setattr(maxp, f"max{key}", 0)
    maxp.maxZones = 1


def _checked(setting: str, file: Path) -> Path:
    if not file.is_file():
        raise ImproperlyConfigured(f"{setting}: there is no file {file}.")
    with file.open("rb") as stream:
        kind = stream.read(4)
    if kind not in {b"\0\1\0\0", b"true"}:
        raise ImproperlyConfigured(f"{setting}: {file} is no TrueType font (.ttf with glyf outlines).")
    return file


def _target(name: str, source: Path) -> Path:
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    return Path(settings.VAR_DIR) / "fonts" / f"{name}-{digest}-{_RECIPE}.ttf"


def _built(name: str, source: Path) -> Path:
    if not source.is_file():
        raise ImproperlyConfigured(f"No Chinese font: {source} is missing. Reinstall the requirements.")
    target = _target(name, source)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.exists():
                partial = target.with_suffix(".part")
                convert(source, partial, name, lacking=_CHINESE if name in (_JAPAN, _TAIWAN) else ())
                os.replace(partial, target)
    return target


def _to_unicode(fontname: str, subset: Sequence[int]) -> str:
    """Return the CMap that gives a subset's text back, in UTF-16BE as the PDF standard asks.

    Stands in for reportlab's, which is wrong above U+FFFF, where rare characters of names live.
    """
    pairs = [f"<{code:02X}> <{chr(char).encode('utf-16-be').hex().upper()}>" for code, char in enumerate(subset)]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            f"/CIDSystemInfo << /Registry ({fontname}) /Ordering ({fontname}) /Supplement 0 >> def",
            f"/CMapName /{fontname} def /CMapType 2 def",
            f"1 begincodespacerange <00> <{len(subset) - 1:02X}> endcodespacerange",
            *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
    )


ttfonts.makeToUnicodeCMap = _to_unicode
