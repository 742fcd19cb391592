"""Draws on a page before it is frozen, upright as it is displayed, over what is printed there."""

from typing import Any

import pikepdf
from pikepdf import Dictionary, Name

from signing.pdf.geometry import Box, Display


def drawing(pdf: pikepdf.Pdf, data_pdf: pikepdf.Pdf) -> pikepdf.Object:
    """Return the first page of another open PDF as a form of this one."""
    return pdf.copy_foreign(data_pdf.pages[0].as_form_xobject())


def stamp(page: pikepdf.Page, form: pikepdf.Object, *, at: tuple[float, float], clip: Box, scale: float = 1.0) -> None:
    """Draw a form with its lower left corner at `at`, cut to the box `clip`.

    Lengths are points on paper from the lower left corner as displayed. Print below shines through.
    """
    resources: Any = page.obj.get("/Resources", Dictionary())
    page.obj.Resources = Dictionary(resources)
    for kind in (Name.XObject, Name.ExtGState):
        page.obj.Resources[kind] = Dictionary(resources.get(kind, Dictionary()))
    drawn = page.add_resource(form, Name.XObject)
    through = page.add_resource(Dictionary(Type=Name.ExtGState, BM=Name.Multiply), Name.ExtGState)
    left, bottom, right, top = clip
    operators = (
        f"q {through} gs {_numbers(*Display.of(page.obj).matrix)} cm "
        f"{_numbers(left, bottom, right - left, top - bottom)} re W n "
        f"{_numbers(scale, 0, 0, scale, *at)} cm {drawn} Do Q"
    )
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q " + operators.encode())


def take_over_inherited(pdf: pikepdf.Pdf) -> None:
    """Write into each page what it inherits, so that it can be drawn on."""
    for page in pdf.pages:
        node: pikepdf.Object = page.obj
        for _ in range(50):
            if "/Resources" in node or "/Parent" not in node:
                break
            node = node.Parent
        if node.objgen != page.obj.objgen and isinstance(node.get("/Resources"), pikepdf.Dictionary):
            page.obj.Resources = node.Resources


def _numbers(*values: float) -> str:
    return " ".join(f"{value:.4f}" for value in values)
