"""Turns an admitted PDF into the base that signatures are appended to: inert, with one empty field per signer."""

import base64
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from files import pdf_repair, sandbox
from signing.enums import Role
from signing.marks import fonts
from signing.pdf import anchors, boxes, check_code, cross_page_seal, dates, printing, signature_page, stamping
from signing.pdf.flatten import flatten
from signing.pdf.free_space import Sheet
from signing.pdf.geometry import Box, Display


@dataclass(frozen=True)
class Field:
    """An empty signature field; page counts from 0, box is (x0, y0, x1, y1) in the page's user space."""

    name: str
    role: str
    page: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Frozen:
    data: bytes
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Layout:
    """What a freeze would give, to be looked at: the PDF without fields, (width, height) of its pages as displayed.

    `places` is {role: (page, left, top, right, bottom)} in fractions of the displayed page; the last page is
    `has_sheet` where it was added for signing.
    """

    data: bytes
    pages: tuple[tuple[float, float], ...]
    places: dict[str, tuple]
    has_sheet: bool


def freeze(
    data: bytes,
    *,
    signers: Collection[str],
    title: str = "",
    sealed: Collection[str] = (),
    placed: Mapping[str, boxes.Placed] | None = None,
    cross_page_image: bytes = b"",
    check: tuple[str, str] | None = None,
) -> Frozen:
    """Return the base file for `signers` (of Role); a page for signing is added where no words ask for it.

    `data` comes from `intake.admit`. `sealed` are the roles whose box takes a seal of 42 mm beside handwriting;
    `placed` {role: (page from 0, left, top, right, bottom)} are boxes in fractions of the displayed page, which win
    over words; `cross_page_image` is a PDF of the seal to draw over the pages' edges; `check` is (code, address) to
    print.
    Raises ValidationError where the PDF cannot be processed, a page prints otherwise than it shows, or a box cannot
    stand where it was placed.
    """
    options = _options(signers, title, sealed, placed, cross_page_image)
    fields, body = sandbox.run(freeze_in_sandbox, data, **options, check=check)
    printing.compare(body)
    return Frozen(body, tuple(Field(role, role, page, tuple(box)) for role, page, box in fields))


def lay_out(
    data: bytes,
    *,
    signers: Collection[str],
    title: str = "",
    sealed: Collection[str] = (),
    cross_page_image: bytes = b"",
) -> Layout:
    """Return what `freeze` would do with the same arguments; raises the same."""
    note, body = sandbox.run(lay_out_in_sandbox, data, **_options(signers, title, sealed, None, cross_page_image))
    found = {role: tuple(place) for role, place in note["places"].items()}
    return Layout(body, tuple(map(tuple, note["pages"])), found, note["has_sheet"])


def _options(
    signers: Iterable[str],
    title: str,
    sealed: Iterable[str],
    placed: Mapping[str, boxes.Placed] | None,
    cross_page_image: bytes,
) -> dict[str, Any]:
    roles = [Role(name).value for name in signers]
    if not roles or len(set(roles)) != len(roles):
        raise ValueError(f"signers: one or more different roles, not {roles}")
    for name in fonts.faces_of(fonts.SANS):
        fonts.path(name)  # made here where need be: the job may write no files
    return {
        "signers": roles,
        "title": title,
        "sealed": [Role(name).value for name in sealed],
        "placed": {Role(name).value: list(place) for name, place in (placed or {}).items()},
        "cross_page_image": base64.b64encode(cross_page_image).decode(),
    }


def freeze_in_sandbox(
    data: bytes, *, check: tuple[str, str] | None, **options: Any
) -> tuple[list[tuple[str, int, Box]], bytes]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found, flat, _ = _lay_out(pdf, **options)
        if check:
            flat = _print_check(pdf, flat, check, found)
        units = _units(pdf)
    writer = IncrementalPdfFileWriter(io.BytesIO(flat))
    for role in options["signers"]:
        place = found[role]
        box: Any = place.box  # of whole numbers only, say its types
        append_signature_field(
            writer, SigFieldSpec(role, on_page=place.page, box=box, readable_field_name=Role(role).line)
        )
    dates.append(writer, flat, found, units)
    stream = io.BytesIO()
    writer.write(stream)
    return [(role, found[role].page, found[role].box) for role in options["signers"]], stream.getvalue()


def lay_out_in_sandbox(data: bytes, **options: Any) -> tuple[dict[str, Any], bytes]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found, flat, has_sheet = _lay_out(pdf, **options)
        displays = [Display.of(page.obj) for page in pdf.pages]
    shown = {role: (place.page, *displays[place.page].fractions(place.box)) for role, place in found.items()}
    return {"places": shown, "pages": [display.size for display in displays], "has_sheet": has_sheet}, flat


def _lay_out(
    pdf: pikepdf.Pdf,
    *,
    signers: Sequence[str],
    title: str,
    sealed: Collection[str],
    placed: Mapping[str, boxes.Placed],
    cross_page_image: str,
) -> tuple[dict[str, anchors.Place], bytes, bool]:
    """Make a PDF inert and find the places; return ({role: Place}, its bytes, whether a page for signing was added)."""
    flatten(pdf)
    flat = _saved(pdf)
    given = boxes.check(placed, [Display.of(page.obj) for page in pdf.pages])
    found = _find(flat, _units(pdf), [role for role in signers if role not in placed], sealed, given)
    missing = [role for role in signers if role not in found]
    if missing:
        sheet, areas = signature_page.make(missing, title=title, pages=len(pdf.pages), sealed=sealed)
        with pikepdf.open(io.BytesIO(sheet)) as addition:
            pdf.pages.extend(addition.pages)
        flatten(pdf)
        moved = {role: place for role, place in placed.items() if role not in found}
        found |= {role: anchors.Place(len(pdf.pages) - 1, box) for role, box in areas.items()}
        found |= boxes.check(moved, [Display.of(page.obj) for page in pdf.pages])
        boxes.check_distance(found)
    if cross_page_image:
        stamping.take_over_inherited(pdf)
        cross_page_seal.draw(
            pdf, base64.b64decode(cross_page_image), places=[(place.page, place.box) for place in found.values()]
        )
    if missing or cross_page_image:
        flat = _saved(pdf)
    return found, flat, bool(missing)


def _find(
    data: bytes, units: list[float], roles: Iterable[str], sealed: Collection[str], given: dict[str, anchors.Place]
) -> dict[str, anchors.Place]:
    with pypdfium2.PdfDocument(data) as document:
        pages = anchors.Pages(document, units)
        for place in given.values():
            pages.take(place)
        found = {role: anchors.find(pages, role, sealed=role in sealed) for role in roles}
    return given | {role: place for role, place in found.items() if place}


def _print_check(pdf: pikepdf.Pdf, flat: bytes, check: tuple[str, str], found: Mapping[str, anchors.Place]) -> bytes:
    """Return the PDF with the check code on its last page, or as it was where there is no room."""
    last = len(pdf.pages) - 1
    with pypdfium2.PdfDocument(flat) as document:
        sheet = Sheet(document[last], _units(pdf)[last])
        for place in found.values():
            if place.page == last:
                sheet.take(sheet.on_screen(place.box))
        code, address = check
        stamping.take_over_inherited(pdf)
        drawn = check_code.draw(pdf, pdf.pages[last], sheet, code=code, address=address)
    return _saved(pdf) if drawn else flat


def _units(pdf: pikepdf.Pdf) -> list[float]:
    return [float(page.obj.get("/UserUnit", 1)) for page in pdf.pages]


def _saved(pdf: pikepdf.Pdf) -> bytes:
    return pdf_repair.saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable, min_version="1.7")
