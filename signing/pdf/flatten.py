"""Makes a PDF inert before it is signed: form fields and marks become page content, actions go."""

import io
import re

import defusedxml.ElementTree
import pikepdf
from pikepdf import Array, Dictionary, Name
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from files import pdf_repair
from signing.marks import fonts
from signing.pdf import markup
from signing.pdf.printing import bake, drop

_ACTIVE_ROOT = ("/OpenAction", "/AA", "/AcroForm", "/Perms", "/DSS", "/Collection", "/AF", "/URI", "/Extensions")
_ACTIVE_NAMES = ("/JavaScript", "/EmbeddedFiles", "/Renditions", "/AlternatePresentations")
_MULTILINE, _PASSWORD = 1 << 12, 1 << 13


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
    if "/Metadata" in pdf.Root and not _is_xml(pdf.Root.Metadata):
        del pdf.Root.Metadata  # a signature would have to extend it


def _is_xml(stream):
    try:
        defusedxml.ElementTree.fromstring(stream.read_bytes())
    except Exception:  # whatever a stranger's bytes make the parsers raise
        return False
    return True


def _is_inner_link(mark):
    if not isinstance(mark, Dictionary) or mark.get("/Subtype") != Name.Link or "/AA" in mark or "/PA" in mark:
        return False
    return "/Next" not in mark.A and mark.A.get("/S") == Name.GoTo if "/A" in mark else "/Dest" in mark


def _disarm_outline(outline):
    waiting, seen = [outline], set()
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


def _set_boxes(page):
    """Write the page's boxes and rotation into the page itself, ordered, within bounds, a multiple of 90."""
    media = _box(_inherited(page, "/MediaBox")) or [0, 0, 612, 792]
    crop = _box(_inherited(page, "/CropBox")) or media
    both = [*map(max, media[:2], crop[:2]), *map(min, media[2:], crop[2:])]
    page.MediaBox = Array(media)
    page.CropBox = Array(both if both[0] < both[2] and both[1] < both[3] else media)
    rotation = _inherited(page, "/Rotate")
    page.Rotate = rotation % 360 if isinstance(rotation, int) and rotation % 90 == 0 else 0


def _box(array):
    try:
        left, bottom, right, top = map(float, array)
    except (TypeError, ValueError):
        return None
    box = [min(left, right), min(bottom, top), max(left, right), max(bottom, top)]
    return box if box[0] < box[2] and box[1] < box[3] else None


def _inherited(node, key):
    for _ in range(50):
        if not isinstance(node, Dictionary):
            break
        if key in node:
            return node[key]
        node = node.get("/Parent")
    return None


def _draw_texts(pdf):
    """Draw what its producer left to the viewer: the text of fields, and marks without an appearance."""
    form = pdf.Root.get("/AcroForm", {})
    stale = bool(form.get("/NeedAppearances", False))
    waiting = [(mark, box, words, True) for mark, box in markup.draw(pdf) if (words := markup.words(mark))]
    for page in pdf.pages:
        for mark in page.obj.get("/Annots", []):
            if not isinstance(mark, Dictionary) or mark.get("/Subtype") != Name.Widget:
                continue
            box, value = _box(mark.get("/Rect")), _text_value(mark)
            if box and value and (stale or "/N" not in mark.get("/AP", {})):
                waiting.append((mark, box, value, bool(int(_inherited(mark, "/Ff") or 0) & _MULTILINE)))
    if not waiting:
        return
    with pikepdf.open(_drawn(waiting, form)) as drawing:
        for (mark, *_), page in zip(waiting, drawing.pages, strict=True):
            mark.AP = Dictionary(N=pdf.copy_foreign(page.as_form_xobject()))
            drop(mark, "/AS")


def _text_value(mark):
    if _inherited(mark, "/FT") not in (Name.Tx, Name.Ch) or int(_inherited(mark, "/Ff") or 0) & _PASSWORD:
        return ""
    value = _inherited(mark, "/V")
    return str(value) if isinstance(value, pikepdf.String) else ""


def _drawn(waiting, form):
    """Return a PDF with one page per field or mark, of its size."""
    sans, _ = fonts.register()
    stream = io.BytesIO()
    canvas = Canvas(stream, initialFontName=sans)
    for mark, box, value, several in waiting:
        width, height = box[2] - box[0], box[3] - box[1]
        canvas.setPageSize((width, height))
        size = _font_size(mark, form) or min(12, height * 0.7)
        lines = simpleSplit(value, sans, size, width - 4) if several else value.splitlines()[:1]
        canvas.setFont(sans, size)
        y = height - 2 - size if several else (height - size * 0.72) / 2
        for line in lines:
            slack = max(0, width - 4 - stringWidth(line, sans, size))
            canvas.drawString(2 + slack * min(int(_inherited(mark, "/Q") or 0), 2) / 2, y, line)
            y -= size * 1.2
        canvas.showPage()
    canvas.save()
    stream.seek(0)
    return stream


def _font_size(mark, form):
    found = re.search(r"(\d+\.?\d*|\.\d+)\s+Tf", str(_inherited(mark, "/DA") or form.get("/DA", "")))
    return float(found[1]) if found else 0
