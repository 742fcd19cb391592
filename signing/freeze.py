"""Turns an admitted PDF into the base that signatures are appended to: inert, with one empty field per signer."""

import io
from dataclasses import dataclass

import pikepdf
import pypdfium2
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from signing import fonts, places, sandbox, signpage
from signing.enums import Role
from signing.flatten import flatten


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


def freeze(data: bytes, *, signers, title: str = "") -> Frozen:
    """Return the base file for `signers` (of Role); a page for signing is added where no words ask for it.

    `data` comes from `intake.admit`. Raises ValidationError where the PDF cannot be processed.
    """
    roles = [Role(name).value for name in signers]
    if not roles or len(set(roles)) != len(roles):
        raise ValueError(f"signers: one or more different roles, not {roles}")
    for name in (fonts.SANS, fonts.SERIF):
        fonts.path(name)  # made here where need be: the job may write no files
    fields, body = sandbox.run(freeze_apart, data, signers=roles, title=title)
    return Frozen(body, tuple(Field(role, role, page, tuple(box)) for role, page, box in fields))


def freeze_apart(data, *, signers, title):
    with pikepdf.open(io.BytesIO(data)) as pdf:
        flatten(pdf)
        flat = _saved(pdf)
        units = [float(page.obj.get("/UserUnit", 1)) for page in pdf.pages]
        found = _find(flat, units, signers)
        if missing := [role for role in signers if role not in found]:
            sheet, boxes = signpage.make(missing, title=title, pages=len(units))
            with pikepdf.open(io.BytesIO(sheet)) as addition:
                pdf.pages.extend(addition.pages)
            flat = _saved(pdf)
            found |= {role: places.Place(len(units), box) for role, box in boxes.items()}
    writer = IncrementalPdfFileWriter(io.BytesIO(flat))
    for role in signers:
        place = found[role]
        append_signature_field(
            writer, SigFieldSpec(role, on_page=place.page, box=place.box, readable_field_name=Role(role).line)
        )
    stream = io.BytesIO()
    writer.write(stream)
    return [(role, found[role].page, found[role].box) for role in signers], stream.getvalue()


def _find(data, units, signers):
    with pypdfium2.PdfDocument(data) as document:
        pages = places.Pages(document, units)
        found = {role: places.find(pages, role) for role in signers}
    return {role: place for role, place in found.items() if place}


def _saved(pdf):
    stream = io.BytesIO()
    pdf.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.disable, min_version="1.7")
    return stream.getvalue()
