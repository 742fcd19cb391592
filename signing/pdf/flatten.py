"""Makes a PDF inert before it is signed: form fields and marks become page content, actions go."""

import io
import re
from collections.abc import Iterable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils.metadata import xmp_xml
from pyhanko.pdf_utils.metadata.model import DocumentMetadata
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from files import pdf_repair
from signing.marks import fonts
from signing.pdf.annotations import look, markup
from signing.pdf.printing import bake, drop

_ACTIVE_ROOT = ("/OpenAction", "/AA", "/AcroForm", "/Perms", "/DSS", "/Collection", "/AF", "/URI", "/Extensions")
_ACTIVE_NAMES = ("/JavaScript", "/EmbeddedFiles", "/Renditions", "/AlternatePresentations")
# A colour of letters, as the default look of a mark has it.
_COLOUR = re.compile(r"((?:(?:\d+\.?\d*|\.\d+)\s+){1,4})(g|rg|k)\b")
_MULTILINE, _PASSWORD, _PUSHED = 1 << 12, 1 << 13, 1 << 16


def flatten(pdf: pikepdf.Pdf) -> None:
    """Draw fields, stamps and notes into the pages; drop what acts, is attached, or prints otherwise than it shows."""
    pdf_repair.tidy(pdf)
    bake(pdf)
    _draw_texts(pdf)
    if "/AcroForm" in pdf.Root and "/NeedAppearances" in pdf.Root.AcroForm:
        del pdf.Root.AcroForm.NeedAppearances  # qpdf flattens nothing while it stands
    pdf.flatten_annotations("screen")
    for page in pdf.pages:
        drop(page.obj, "/AA")
        kept = [mark for mark in page.obj.get("/Annots", []) if _is_inner_link(mark)]
        drop(page.obj, "/Annots")
        if kept:
            page.obj.Annots = Array(kept)
        for mark in kept:
            drop(mark, "/BS", "/C")
            mark.Border = Array([0, 0, 0])  # a frame that some programs draw, and some print
        _set_boxes(page.obj)
    drop(pdf.Root, *_ACTIVE_ROOT)
    drop(pdf.Root.get("/Names", {}), *_ACTIVE_NAMES)
    _disarm_outline(pdf.Root.get("/Outlines"))
    if not isinstance(pdf.trailer.get("/Info", Dictionary()), Dictionary):
        del pdf.trailer["/Info"]
    if "/Metadata" in pdf.Root and not _can_be_extended(pdf.Root.Metadata):
        del pdf.Root.Metadata


def _can_be_extended(metadata: Any) -> bool:
    """Whether a signature can write the day of the change into metadata, as it does."""
    try:
        parsed = xmp_xml.parse_xmp(io.BytesIO(metadata.read_bytes()))
        xmp_xml.update_xmp_with_meta(DocumentMetadata(last_modified="now"), roots=parsed)
    except Exception:  # whatever a stranger's bytes make the parsers raise
        return False
    return True


def _is_inner_link(mark: pikepdf.Object) -> bool:
    if not isinstance(mark, Dictionary) or mark.get("/Subtype") != Name.Link or "/AA" in mark or "/PA" in mark:
        return False
    return "/Next" not in mark.A and mark.A.get("/S") == Name.GoTo if "/A" in mark else "/Dest" in mark


def _disarm_outline(outline: pikepdf.Object | None) -> None:
    waiting: list[pikepdf.Object | None] = [outline]
    seen: set[tuple[int, int]] = set()
    while waiting:
        item = waiting.pop()
        if not isinstance(item, Dictionary) or item.objgen in seen:
            continue
        if item.is_indirect:
            seen.add(item.objgen)
        action = item.get("/A")
        if action and ("/Next" in action or action.get("/S") != Name.GoTo):
            del item["/A"]
        waiting += [item.get("/First"), item.get("/Next")]


def _set_boxes(page: pikepdf.Object) -> None:
    """Write the page's boxes and rotation into the page itself, ordered, within bounds, a multiple of 90."""
    media = _box(_inherited(page, "/MediaBox")) or [0, 0, 612, 792]
    crop = _box(_inherited(page, "/CropBox")) or media
    both = [*map(max, media[:2], crop[:2]), *map(min, media[2:], crop[2:])]
    page.MediaBox = Array(media)
    page.CropBox = Array(both if both[0] < both[2] and both[1] < both[3] else media)
    rotation = _inherited(page, "/Rotate")
    page.Rotate = rotation % 360 if isinstance(rotation, int) and rotation % 90 == 0 else 0


def _box(array: Any) -> list[float] | None:
    try:
        left, bottom, right, top = map(float, array)
    except (TypeError, ValueError):
        return None
    box = [min(left, right), min(bottom, top), max(left, right), max(bottom, top)]
    return box if box[0] < box[2] and box[1] < box[3] else None


def _inherited(node: Any, key: str) -> Any:
    for _ in range(50):
        if not isinstance(node, Dictionary):
            break
        if key in node:
            return node[key]
        node = node.get("/Parent")
    return None


def _draw_texts(pdf: pikepdf.Pdf) -> None:
    """Draw what its producer left to the viewer: the text of fields, and marks without an appearance."""
    form: Any = pdf.Root.get("/AcroForm", {})
    stale = bool(form.get("/NeedAppearances", False))
    waiting = [(mark, box, words, True) for mark, box in markup.draw(pdf) if (words := markup.words(mark))]
    for page in pdf.pages:
        for mark in page.obj.get("/Annots", []):
            if not isinstance(mark, Dictionary) or mark.get("/Subtype") != Name.Widget:
                continue
            box, value, is_bare = _box(mark.get("/Rect")), _text_value(mark), "/N" not in mark.get("/AP", {})
            if box and value and (stale or is_bare):
                waiting.append((mark, box, value, bool(_flags(mark) & _MULTILINE)))
            elif box and is_bare and _is_ticked(mark):
                waiting.append((mark, box, "✓", False))
    if not waiting:
        return
    with pikepdf.open(_drawn(waiting, form)) as drawing:
        for (mark, *_), page in zip(waiting, drawing.pages, strict=True):
            mark.AP = Dictionary(N=pdf.copy_foreign(page.as_form_xobject()))
            drop(mark, "/AS")


def _text_value(mark: Any) -> str:
    if _inherited(mark, "/FT") not in (Name.Tx, Name.Ch) or _flags(mark) & _PASSWORD:
        return ""
    value = _inherited(mark, "/V")
    if not isinstance(value, pikepdf.String):
        return ""
    choices = _inherited(mark, "/Opt")
    pairs = [pair for pair in choices if isinstance(pair, Array)] if isinstance(choices, Array) else []
    return next((str(pair[1]) for pair in pairs if len(pair) == 2 and pair[0] == value), str(value))


def _is_ticked(mark: Any) -> bool:
    if _inherited(mark, "/FT") != Name.Btn or _flags(mark) & _PUSHED:
        return False
    state = mark.get("/AS", mark.get("/V"))
    return isinstance(state, Name) and state != Name.Off


def _flags(mark: Any) -> int:
    return int(look.number(_inherited(mark, "/Ff"), 0))


def _drawn(waiting: Iterable[tuple[Any, list[float], str, bool]], form: Any) -> io.BytesIO:
    """Return a PDF with one page per field or mark, of its size."""
    sans, _ = fonts.register()
    stream = io.BytesIO()
    canvas = Canvas(stream, initialFontName=sans)
    for mark, box, value, several in waiting:
        width, height = box[2] - box[0], box[3] - box[1]
        canvas.setPageSize((width, height))
        if mark.get("/Subtype") == Name.FreeText:
            _draw_frame(canvas, mark, width, height)
        _set_colour(canvas, f"0 g {_written_as(mark, form)}")
        size = _font_size(mark, form) or min(12, height * 0.7)
        lines = simpleSplit(value, sans, size, width - 4) if several else value.splitlines()[:1]
        canvas.setFont(sans, size)
        y = height - 2 - size if several else (height - size * 0.72) / 2
        for line in lines:
            slack = max(0, width - 4 - stringWidth(line, sans, size))
            canvas.drawString(2 + slack * min(max(0, look.number(_inherited(mark, "/Q"), 0)), 2) / 2, y, line)
            y -= size * 1.2
        canvas.showPage()
    canvas.save()
    stream.seek(0)
    return stream


def _draw_frame(canvas: Canvas, mark: Any, width: float, height: float) -> None:
    """Draw the ground and the frame of a text that says it has them."""
    ground, border = look.numbers(mark.get("/C")), look.width(mark) if "/BS" in mark or "/Border" in mark else 0
    _set_colour(canvas, f"{look.text(ground)} {look.FILLING.get(len(ground), '')}")
    canvas.setLineWidth(border)
    inset = border / 2
    canvas.rect(inset, inset, width - border, height - border, stroke=int(border > 0), fill=int(len(ground) > 0))


def _set_colour(canvas: Canvas, written: str) -> None:
    """Set the colour of letters that a mark's look names."""
    found = _COLOUR.findall(written)
    parts = [min(float(part), 1) for part in found[-1][0].split()] if found else []
    if found and look.FILLING.get(len(parts)) == found[-1][1]:
        {1: canvas.setFillGray, 3: canvas.setFillColorRGB, 4: canvas.setFillColorCMYK}[len(parts)](*parts)


def _written_as(mark: Any, form: Any) -> str:
    return str(_inherited(mark, "/DA") or form.get("/DA", ""))


def _font_size(mark: pikepdf.Object, form: pikepdf.Object) -> float:
    found = re.search(r"(\d+\.?\d*|\.\d+)\s+Tf", _written_as(mark, form))
    return float(found[1]) if found else 0
