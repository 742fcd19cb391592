"""Finds the fonts without a font file that the pages of a PDF show text in, and which codes they show."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_OPERATORS = "q Q Tf Tr Tj TJ ' \""
# Modes of text that nobody sees: of a text layer over a scan, and of clipping.
_UNSEEN = (3, 7)
# (pattern of an encoding's name, its codes from … to …, in hexadecimal).
_CODESPACES = (
    (r"Identity-|UCS2-|^[HV]$", ("0000-FFFF",)),
    (r"UTF16-", ("0000-D7FF", "D800DC00-DBFFDFFF", "E000-FFFF")),
    (r"UTF32-", ("00000000-0010FFFF",)),
    (r"RKSJ", ("00-80", "A0-DF", "8140-9FFC", "E040-FCFC")),
    (r"GBK2K", ("00-7F", "81308130-FE39FE39", "8140-FEFE")),
    (r"GBK|B5|HKscs|KSCms|ETen", ("00-80", "8140-FEFE")),
    (r"EUC", ("00-80", "8EA0-8EDF", "A1A1-FEFE")),
)
_RANGES = re.compile(rb"begincodespacerange(.*?)endcodespacerange", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PAIR = re.compile(rb"<\s*([0-9A-Fa-f]+)\s*>\s*<\s*([0-9A-Fa-f]+)\s*>")

# Ranges of codes, as (first, last).
Codespaces = list[tuple[bytes, bytes]]


@dataclass
class Used:
    """A font without a file: its dictionary, what its codes look like, and those that are shown."""

    font: Any
    codespaces: Codespaces
    codes: set[bytes] = field(default_factory=set)

    @property
    def name(self) -> str:
        """What the file calls the font; Chinese programs write it in GBK at times."""
        written = bytes(self.font.get("/BaseFont", Name("/?")))[1:]
        raw = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), written)
        for encoding in ("utf-8", "gbk"):
            try:
                return raw.decode(encoding).partition(",")[0]
            except UnicodeDecodeError:
                continue
        return "?"

    @property
    def is_composite(self) -> bool:
        return self.font.get("/Subtype") == Name.Type0

    def split(self, text: bytes) -> Iterator[bytes]:
        """Give the codes that a shown string is made of."""
        place = 0
        while place < len(text):
            yield (code := self._first(text[place : place + 4]))
            place += len(code)

    def _first(self, text: bytes) -> bytes:
        for low, high in self.codespaces:
            code = text[: len(low)]
            if len(code) == len(low) and all(a <= b <= c for a, b, c in zip(low, code, high, strict=True)):
                return code
        return text[: min(len(low) for low, _ in self.codespaces)]


def find(pdf: pikepdf.Pdf) -> list[Used]:
    """Return the fonts without a file in which any page, form, pattern or mark shows text."""
    walk = _Walk(pdf)
    for page in pdf.pages:
        walk.add(page.obj, _inherited(page.obj))
        for mark in page.obj.get("/Annots", Array()):
            for state in _states(mark):
                walk.add(state, None)
    walk.run()
    return [used for used in walk.found.values() if used.codes]


def _states(mark: pikepdf.Object) -> list[pikepdf.Object]:
    """Return the drawings of a mark: one, or one per state of a box to tick."""
    looks = mark.get("/AP") if isinstance(mark, Dictionary) else None
    normal = looks.get("/N") if isinstance(looks, Dictionary) else None
    if isinstance(normal, Stream):
        return [normal]
    return list(normal.values()) if isinstance(normal, Dictionary) else []


class _Walk:
    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self.found: dict[Any, Used] = {}
        self._waiting: list[tuple[pikepdf.Object, pikepdf.Object]] = []
        self._seen: set[tuple[int, int]] = set()

    def add(self, node: pikepdf.Object, resources: pikepdf.Object | None) -> None:
        """Have a page or a stream of drawing read; `resources` are those it inherits."""
        if not isinstance(node, (Dictionary, Stream)):
            return
        own = node.get("/Resources", resources)
        if isinstance(own, Dictionary) and node.objgen not in self._seen:
            self._seen.add(node.objgen)
            self._waiting.append((node, own))

    def run(self) -> None:
        while self._waiting:
            node, resources = self._waiting.pop()
            fonts = self._fonts(resources)
            if lacking := {name: self._used(font) for name, font in fonts.items() if _lacks_file(font)}:
                _read(node, lacking)
            for font in fonts.values():
                if font.get("/Subtype") == Name.Type3:
                    for glyph in _parts(font, "/CharProcs").values():
                        self.add(glyph, font.get("/Resources", resources))
            for kind in ("/XObject", "/Pattern"):
                for drawing in _parts(resources, kind).values():
                    if drawing.get("/Subtype") != Name.Image:
                        self.add(drawing, resources)

    def _fonts(self, resources: pikepdf.Object) -> dict[str, pikepdf.Object]:
        """Return {name: font}; fonts written into the resources themselves become objects, which can be told apart."""
        found = _parts(resources, "/Font")
        for name, font in found.items():
            if not font.is_indirect:
                resources.Font[name] = found[name] = self._pdf.make_indirect(font)
        return found

    def _used(self, font: pikepdf.Object) -> Used:
        if font.objgen not in self.found:
            self.found[font.objgen] = Used(font, _codespaces(font))
        return self.found[font.objgen]


def _read(node: pikepdf.Object, fonts: Mapping[str, Used]) -> None:
    """Note the codes that a page or a stream shows in one of `fonts` ({name in its resources: Used})."""
    font: Used | None = None
    mode = 0
    kept: list[tuple[Used | None, int]] = []
    try:
        instructions: list[Any] = list(pikepdf.parse_content_stream(node, _OPERATORS))
    except (pikepdf.PdfError, TypeError):  # nobody can draw it either
        return
    for instruction in instructions:
        operands: Any
        operands, kind = instruction.operands, str(instruction.operator)
        if kind == "q":
            kept.append((font, mode))
        elif kind == "Q":
            font, mode = kept.pop() if kept else (None, 0)
        elif kind == "Tf" and operands:
            font = fonts.get(str(operands[0]))
        elif kind == "Tr" and operands:
            mode = int(operands[0])
        elif font and operands and mode not in _UNSEEN:
            shown = operands[-1]
            for part in shown if isinstance(shown, Array) else [shown]:
                if isinstance(part, pikepdf.String):
                    font.codes.update(font.split(bytes(part)))


def _codespaces(font: pikepdf.Object) -> Codespaces:
    encoding = font.get("/Encoding")
    if font.get("/Subtype") != Name.Type0:
        return _pairs("00-FF")
    if isinstance(encoding, Stream):
        blocks = b"".join(_RANGES.findall(encoding.read_bytes()))
        found = [(bytes.fromhex(low.decode()), bytes.fromhex(high.decode())) for low, high in _PAIR.findall(blocks)]
        return found or _pairs("0000-FFFF")
    for pattern, ranges in _CODESPACES:
        if re.search(pattern, str(encoding)[1:]):
            return _pairs(*ranges)
    return _pairs("0000-FFFF")


def _pairs(*ranges: str) -> Codespaces:
    return [(bytes.fromhex(low), bytes.fromhex(high)) for low, _, high in (text.partition("-") for text in ranges)]


def _lacks_file(font: pikepdf.Object) -> bool:
    kind = font.get("/Subtype")
    if kind == Name.Type0:
        descendants = font.get("/DescendantFonts")
        font = descendants[0] if isinstance(descendants, Array) and len(descendants) else font
    elif kind not in (Name.Type1, Name.TrueType, Name.MMType1):
        return False
    descriptor = font.get("/FontDescriptor") if isinstance(font, Dictionary) else None
    return not (isinstance(descriptor, Dictionary) and any(isinstance(descriptor.get(key), Stream) for key in _FILES))


def _parts(node: pikepdf.Object, key: str) -> dict[str, pikepdf.Object]:
    container = node.get(key)
    if not isinstance(container, (Dictionary, Stream)):
        return {}
    return {name: value for name, value in container.items() if isinstance(value, (Dictionary, Stream))}


def _inherited(page: pikepdf.Object) -> pikepdf.Object | None:
    node: pikepdf.Object | None = page
    for _ in range(50):
        if not isinstance(node, Dictionary) or "/Resources" in node:
            break
        node = node.get("/Parent")
    return node.get("/Resources") if isinstance(node, Dictionary) else None
