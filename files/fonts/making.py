"""Makes the font that stands in for one without a file: as many glyphs as are shown, of the fonts that we have."""

import io
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pikepdf
import pylopdf_fonts_jp
import pylopdf_fonts_zh_cn
import pylopdf_fonts_zh_tw
from django.conf import settings
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from files.fonts.reading import Meaning
from files.fonts.usage import Codespaces, Used

_EM = 1000
_SANS = re.compile(r"hei|gothic|sans|arial|helv|calibri|tahoma|verdana|dotum|gulim|黑|等线|圆", re.IGNORECASE)
# Glyphs keep their shape within these parts of their own advance.
_NARROWEST, _WIDEST = 0.98, 1.2
# In the order in which they are asked, behind the one that is wished; of the last, only settings know.
_FACES = {
    "serif": pylopdf_fonts_zh_cn.serif_path,
    "sans": pylopdf_fonts_zh_cn.sans_path,
    "japan": pylopdf_fonts_jp.serif_path,
    "taiwan": pylopdf_fonts_zh_tw.serif_path,
    "rare": lambda: settings.FONT_RARE,
}
_BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*")


def lacking(meanings: dict[bytes, Meaning]) -> str:
    """Return the characters that none of the fonts can draw, each once."""
    letters = dict.fromkeys("".join(meaning.text for meaning in meanings.values()))
    return "".join(letter for letter in letters if not _BLANK.fullmatch(letter) and _face_of(letter, "serif") is None)


def replace(pdf: pikepdf.Pdf, used: Used, meanings: dict[bytes, Meaning]) -> None:
    """Write into the font's own dictionary a composite font with a file, for the same codes and widths."""
    face = "sans" if _SANS.search(used.name) else "serif"
    ordered = sorted(meanings.items())
    glyphs = [_glyph(meaning, face) for _, meaning in ordered]
    widths = [round(meaning.width) for _, meaning in ordered]
    is_vertical = str(used.font.get("/Encoding", "")).endswith("V")
    name = Name("/BDSUBS+BandianNoto" + face.title())
    file = pdf.make_stream(_built(glyphs, widths))
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=4,
        FontBBox=Array([0, -250, 1000, 950]),
        ItalicAngle=0,
        Ascent=880,
        Descent=-120,
        CapHeight=730,
        StemV=80,
        FontFile2=file,
    )
    system = Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0)
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=system,
        FontDescriptor=pdf.make_indirect(descriptor),
        CIDToGIDMap=Name.Identity,
        DW=1000,
        W=Array([1, Array(widths)]),
    )
    codes = [code for code, _ in ordered]
    encoding = pdf.make_stream(_code_map(codes, used.codespaces, is_vertical=is_vertical))
    encoding.Type, encoding.CMapName, encoding.WMode = Name.CMap, Name("/BandianCodes"), int(is_vertical)
    encoding.CIDSystemInfo = system
    texts = [meaning.text for _, meaning in ordered]
    new = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=encoding,
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=pdf.make_stream(_text_map(codes, texts, used.codespaces)),
    )
    for key in list(used.font.keys()):
        del used.font[key]
    for key, value in new.items():
        used.font[key] = value


@cache
def _face(name: str) -> tuple[Any, dict[int, str], int, bool]:
    """Return the glyphs of a font, {character: name of its glyph}, its units in an em, and whether it is TrueType."""
    source = _FACES[name]()
    if not source:
        return {}, {}, _EM, True
    font = TTFont(source, lazy=True)
    return font.getGlyphSet(), font.getBestCmap(), font["head"].unitsPerEm, "glyf" in font


def _face_of(letter: str, wished: str) -> str | None:
    """Return the name of the face that has a character, the wished one before the others; None without."""
    return next((name for name in (wished, *_FACES) if ord(letter) in _face(name)[1]), None)


def _glyph(meaning: Meaning, wished: str) -> Any:
    """Return the outline of a code's text, fitted to its width."""
    pen = TTGlyphPen(None)
    letters = [letter for letter in meaning.text if not _BLANK.fullmatch(letter)]
    drawn = []
    for letter in letters:
        glyphs, names, per_em, is_true_type = _face(_face_of(letter, wished) or wished)
        glyph = glyphs[names[ord(letter)]]
        drawn.append((glyph, _EM / per_em, glyph.width * _EM / per_em, not is_true_type))
    natural = sum(width for _, _, width, _ in drawn)
    if not natural:
        return pen.glyph()
    part = meaning.width / natural if meaning.width else 1
    scale = part if part < _NARROWEST else min(part, _WIDEST) if part > 1 / _NARROWEST else 1
    x = max(0, (meaning.width - natural * scale) / 2)
    for glyph, unit, width, is_reversed in drawn:
        curves = Cu2QuPen(pen, max_err=1.0, reverse_direction=is_reversed)
        glyph.draw(TransformPen(curves, (scale * unit, 0, 0, unit, x, 0)))
        x += width * scale
    return pen.glyph()


def _built(glyphs: Sequence[Any], widths: Sequence[int]) -> bytes:
    """Return a TrueType font of these glyphs, behind an empty one for what is unknown."""
    names = [".notdef", *(f"g{number}" for number in range(1, len(glyphs) + 1))]
    builder = FontBuilder(_EM, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({})
    builder.setupGlyf(dict(zip(names, [TTGlyphPen(None).glyph(), *glyphs], strict=True)))
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics(
        {name: (width, getattr(table[name], "xMin", 0)) for name, width in zip(names, [1000, *widths], strict=True)}
    )
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "BandianNoto", "styleName": "Regular", "psName": "BandianNoto"})
    builder.setupOS2()
    builder.setupPost(keepGlyphNames=False)
    stream = io.BytesIO()
    builder.save(stream)
    return stream.getvalue()


def _code_map(codes: Sequence[bytes], codespaces: Codespaces, *, is_vertical: bool) -> bytes:
    lines = (f"<{code.hex()}> {number}" for number, code in enumerate(codes, start=1))
    return _map("BandianCodes", codespaces, lines, "cidchar", 1, f"/WMode {int(is_vertical)} def")


def _text_map(codes: Sequence[bytes], texts: Sequence[str], codespaces: Codespaces) -> bytes:
    lines = (
        f"<{code.hex()}> <{text.encode('utf-16-be').hex()}>" for code, text in zip(codes, texts, strict=True) if text
    )
    return _map("BandianText", codespaces, lines, "bfchar", 2, "")


def _map(name: str, codespaces: Codespaces, lines: Iterable[str], kind: str, number: int, mode: str) -> bytes:
    """Return a CMap; 100 lines are the most that a block may have."""
    lines = list(lines)
    spaces = [f"<{low.hex()}> <{high.hex()}>" for low, high in codespaces]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> def",
            f"/CMapName /{name} def /CMapType {number} def {mode}",
            *(f"{len(spaces)} begincodespacerange", *spaces, "endcodespacerange"),
            *(line for block in blocks for line in (f"{len(block)} begin{kind}", *block, f"end{kind}")),
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
    ).encode()
