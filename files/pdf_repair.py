"""What of a damaged PDF is still there, and how it is written anew; for the sandbox."""

import io
import re
import zlib
from decimal import Decimal
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

# Keys of pages and their parts that show nothing, or lead back.
_ASIDE = {
    "/Parent", "/Annots", "/B", "/Metadata", "/PieceInfo", "/StructParent", "/StructParents", "/Thumb", "/AA", "/A",
    "/Properties", "/LastModified", "/Group", "/OC", "/StructTreeRoot",
}  # fmt: skip
# What qpdf says of a stream whose end it did not find.
_EMPTIED = "unable to recover stream data"
# No encoder writes so many zeros in a row, but where a whole JPEG is of one colour.
_HOLE, _HOLE_IN_JPEG = re.compile(rb"\0{4096}"), re.compile(rb"\0{16384}")
_MOSTLY = 0.9
_PASSED_ON = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_STEP = 1024 * 1024


def tidy(pdf: pikepdf.Pdf) -> None:
    """Take out entries of another kind than the standard has there, which viewers pass over and libraries fall over."""
    _keep(pdf.Root, Dictionary, "/AcroForm", "/Names", "/Perms", "/OCProperties", "/Outlines", "/ViewerPreferences")
    _keep(pdf.Root.get("/AcroForm", Dictionary()), Array, "/Fields")
    for page in pdf.pages:
        _keep(page.obj, Array, "/Annots")
        _keep(page.obj, Dictionary, "/Resources", "/AA")
        for key in ("/MediaBox", "/CropBox"):
            if key in page.obj and not _is_box(page.obj[key]):
                del page.obj[key]
        if "/Rotate" in page.obj and not isinstance(page.obj.Rotate, int):
            del page.obj.Rotate
        for mark in page.obj.get("/Annots", Array()):
            if isinstance(mark, Dictionary):
                _keep(mark, Dictionary, "/AP", "/BS", "/A")


def _keep(node: pikepdf.Object, kind: type | tuple[type, ...], *keys: str) -> None:
    for key in keys:
        if key in node and node[key] is not None and not isinstance(node[key], kind):
            del node[key]


def _is_box(value: object) -> bool:
    return (
        isinstance(value, Array) and len(value) == 4 and all(isinstance(side, (int, float, Decimal)) for side in value)
    )


def is_whole(pdf: pikepdf.Pdf) -> bool:
    """Whether all that the pages show is there: qpdf opens also what is cut off or full of holes.

    What a sound file names and does not hold is nothing, by the standard; in a damaged one it is lost.
    """
    waiting: list[Any] = [page.obj for page in pdf.pages]
    warnings = [str(warning) for warning in pdf.get_warnings()]
    is_lacking, seen = False, set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Array):
            waiting.extend(node)
        elif isinstance(node, (Dictionary, Stream)) and not (node.is_indirect and node.objgen in seen):
            seen.add(node.objgen)
            shown = [value for key, value in node.items() if key not in _ASIDE]
            is_lacking = is_lacking or _leads_nowhere(node)
            if isinstance(node, Stream) and _has_hole(node):
                return False
            waiting.extend(shown)
    warnings += map(str, pdf.get_warnings())
    return not any(_EMPTIED in warning for warning in warnings) and not (warnings and is_lacking)


def _leads_nowhere(node: pikepdf.Object) -> bool:
    """Whether a part of a page names an object that is not there; one that is nothing by its own word does not."""
    empty = [key for key, value in node.items() if value is None and key not in _ASIDE]
    if not empty or isinstance(node, Stream):
        return bool(empty)
    written = node.unparse(resolved=True)
    return any(re.search(re.escape(key.encode()) + rb"\s+\d+ \d+ R", written) for key in empty)


def _has_hole(stream: Stream) -> bool:
    """Whether a long part of compressed data, or of what draws a page, was overwritten with zeros."""
    filters = stream.get("/Filter")
    first = filters[0] if isinstance(filters, Array) and len(filters) else filters
    if not isinstance(first, Name):
        return not {"/Subtype", "/Length1"} & set(stream.keys()) and bool(_HOLE.search(stream.read_raw_bytes()))
    data = stream.read_raw_bytes()
    if first == Name.DCTDecode:
        return bool(_HOLE_IN_JPEG.search(data)) and data.count(0) < _MOSTLY * len(data)
    if not _HOLE.search(data):
        return False
    return first != Name.FlateDecode or not _inflates(data)


def _inflates(data: bytes) -> bool:
    machine = zlib.decompressobj()
    try:
        machine.decompress(data, _STEP)
        while machine.unconsumed_tail and not machine.eof:
            machine.decompress(machine.unconsumed_tail, _STEP)
    except zlib.error:
        return False
    return machine.eof


def rebuild_pages(pdf: pikepdf.Pdf) -> None:
    """Write the tree of pages as one plain list, in which every reader finds the same pages."""
    pages = [page.obj for page in pdf.pages]
    for page in pages:
        for key in _PASSED_ON:
            if key not in page and (value := _inherited(page, key)) is not None:
                page[key] = value
        page.Type = Name.Page
    root = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array(pages), Count=len(pages)))
    for page in pages:
        page.Parent = root
    pdf.Root.Pages = root


def _inherited(page: pikepdf.Object, key: str) -> pikepdf.Object | None:
    node = page.get("/Parent")
    for _ in range(50):
        if not isinstance(node, Dictionary):
            return None
        if key in node:
            return node[key]
        node = node.get("/Parent")
    return None


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    """Return the PDF written anew; its metadata, which may be no XML, stay as they are."""
    if "/Size" not in pdf.trailer:
        pdf.trailer["/Size"] = 1  # qpdf corrects the number, but does not add the entry
    stream = io.BytesIO()
    pdf.save(stream, fix_metadata_version=False, **options)
    return stream.getvalue()
