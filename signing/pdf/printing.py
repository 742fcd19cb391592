"""What a paper shows on the screen is what it prints, in every program.

A PDF can name other content for the printer than for the screen: layers, alternate images, stand-ins for pages of other
files, pieces of PostScript. What the screen shows is kept and the rest goes, as do the pictures that a scanner adds for
when a layer is switched off; a paper whose layers hide anything else is refused, because nobody but its author knows
what it should show.
"""

from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from files import sandbox
from files.fonts import ink

# Pixels of a page's longer side when it is drawn for the comparison.
_SIDE = 800
_LAYERS = (
    "文件带有图层，其中有隐藏的、只在屏幕上或只在打印时出现的，或各软件显示不一的内容。"
    "请在制图软件里合并图层，或用“打印为 PDF”重新导出，然后重新上传。"
)
_DIFFERS = "第 {} 页打印出来的内容与屏幕显示不同，不能签署。请用“打印为 PDF”重新导出，核对每一页后重新上传。"
_BLANK = "第 {} 页有文字，却显示为空白，不能签署。请用“打印为 PDF”重新导出，核对每一页后重新上传。"
_NO_INK = (
    "第 {} 页里用字体“{}”写的文字显示不出来，不能签署。请在导出 PDF 时选择“嵌入字体”，"
    "或用“打印为 PDF”重新导出，核对每一页后重新上传。"
)
# Of images and forms: layers, other content for the printer, content of another file, PostScript.
_INSTEAD = ("/OC", "/Alternates", "/OPI", "/Ref", "/PS", "/Subtype2")
# Of a graphics state: overprint, transfer functions, halftones, black generation; only printers follow them.
_PRINTERS = ("/OP", "/op", "/OPM", "/TR", "/TR2", "/HT", "/BG", "/BG2", "/UCR", "/UCR2")
# Of the document and of pages: which part prints, how often, and in which colours.
_DOCUMENT, _PAGE = ("/OCProperties", "/ViewerPreferences", "/Requirements"), ("/SeparationInfo", "/PresSteps")


def check_layers(pdf: pikepdf.Pdf) -> None:
    """Refuse a PDF with a layer that is not shown always and everywhere; raises ValidationError."""
    named = (value for node in _dictionaries(pdf) for value in _parts(node, "/Properties").values())
    properties = pdf.Root.get("/OCProperties")
    listed = properties.get("/OCGs", Array()) if isinstance(properties, Dictionary) else Array()
    groups = [group for group in listed if isinstance(group, Dictionary)]
    known = {group.objgen for group in groups}
    # In no list of layers, perhaps, but some programs go by it.
    if any(map(_is_at_times_hidden, named)) or any(_hides(node, known) for node in _dictionaries(pdf)):
        raise ValidationError(_LAYERS, code="layers")
    if not isinstance(properties, Dictionary):
        return
    default = properties.get("/D", Dictionary())
    if default.get("/BaseState", Name.ON) == Name.ON:
        hides = len(default.get("/OFF", Array())) > 0
    else:
        shown = {group.objgen for group in default.get("/ON", Array())}
        hides = not shown.issuperset(group.objgen for group in groups)
    if hides or any(map(_is_at_times_hidden, groups)):
        raise ValidationError(_LAYERS, code="layers")


def _is_at_times_hidden(group: pikepdf.Object) -> bool:
    usage = group.get("/Usage")
    if not isinstance(usage, Dictionary):
        return False
    states = [entry.get(f"{key}State") for key, entry in usage.items() if isinstance(entry, Dictionary)]
    return "/Zoom" in usage or Name.OFF in states


def _is_layer(properties: pikepdf.Object) -> bool:
    """Whether some program takes named properties for a layer; PDFium does so without a type."""
    return properties.get("/Type") in (Name.OCG, Name.OCMD) or not {"/Usage", "/OCGs", "/VE"}.isdisjoint(properties)


def _hides(node: Any, known: set[tuple[int, int]]) -> bool:
    """Whether a rule of layers may hide text, a mark, or anything by a rule that not every program reads the same."""
    if any(map(_is_contrary, _parts(node, "/Properties").values())) or (
        "/Rect" in node and _is_contrary(node.get("/OC"))
    ):
        return True
    if not _is_contrary(node):
        return False
    ruled = node.get("/OCGs")
    groups = list(ruled) if isinstance(ruled, Array) else [ruled]
    return "/VE" in node or not all(isinstance(group, Dictionary) and group.objgen in known for group in groups)


def _is_contrary(node: pikepdf.Object | None) -> bool:
    """Whether a rule of layers may hide its content although every layer is shown."""
    if not isinstance(node, Dictionary) or node.get("/Type") != Name.OCMD:
        return False
    return "/VE" in node or node.get("/P") in (Name.AllOff, Name.AnyOff)


def bake(pdf: pikepdf.Pdf) -> None:
    """Take out what would make a printer, or another program, show anything but what is shown here."""
    for node in _dictionaries(pdf):
        if isinstance(node, Stream):
            _bake_drawing(node)
        elif "/Rect" in node:
            drop(node, "/OC")
        for state in _parts(node, "/ExtGState").values():
            drop(state, *_PRINTERS)
        named = _parts(node, "/Properties")
        drop(node.get("/Properties"), *(key for key, value in named.items() if _is_layer(value)))
    drop(pdf.Root, *_DOCUMENT)
    for page in pdf.pages:
        drop(page.obj, *_PAGE)


def drop(node: Any, *keys: str) -> None:
    """Delete entries of a dictionary that may not be there."""
    for key in keys:
        if key in node:
            del node[key]


def _bake_drawing(stream: Stream) -> None:
    kind = stream.get("/Subtype")
    if kind == Name.PS or (kind in (Name.Form, Name.Image) and _is_contrary(stream.get("/OC"))):
        stream.write(b"")
        drop(stream, *(key for key in set(stream.keys()) if key not in ("/Type", "/Length")))
        stream.Subtype, stream.BBox = Name.Form, Array([0, 0, 1, 1])
    if kind in (Name.Form, Name.Image):
        drop(stream, *_INSTEAD)


def _parts(node: pikepdf.Object, key: str) -> dict[str, pikepdf.Object]:
    """Return {name: dictionary} of a part of some resources."""
    container = node.get(key)
    if not isinstance(container, Dictionary):
        return {}
    return {name: value for name, value in container.items() if isinstance(value, Dictionary)}


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Give every dictionary and stream of a PDF, those within others too."""
    waiting = list(pdf.objects)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (Dictionary, Stream)):
            yield node
            parts = list(node.values())
        else:
            parts = list(node) if isinstance(node, Array) else []
        waiting += [part for part in parts if isinstance(part, (Array, Dictionary)) and not part.is_indirect]


def compare(data: bytes) -> None:
    """Refuse a frozen paper of which a page prints otherwise than it shows, or does not show the text that is in it.

    Raises ValidationError with the number of the page.
    """
    sandbox.run(compare_in_sandbox, data)


def compare_in_sandbox(data: bytes) -> tuple[None, bytes]:
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        for index in range(len(document)):
            page = document[index]
            scale = _SIDE / max(page.get_size())
            shown = _drawn(page, scale, None)
            if shown.tobytes() != _drawn(page, scale, "print").tobytes():
                raise ValidationError(_DIFFERS.format(index + 1), code="print")
            if ink.is_blank(shown) and ink.has_text(page):
                raise ValidationError(_BLANK.format(index + 1), code="blank")
            if name := ink.font_without_ink(page):
                raise ValidationError(_NO_INK.format(index + 1, name), code="fonts")
    return None, b""


def _drawn(page: pypdfium2.PdfPage, scale: float, mode: str | None) -> Image.Image:
    return page.render(scale, optimize_mode=mode).to_pil()
