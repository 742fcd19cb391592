"""A first freeze in the server of the sandbox, so that no job waits for what the libraries load at their first use."""

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from signing.enums import Role
from signing.marks import fonts
from signing.pdf import freeze, intake, printing

_CODE, _ADDRESS = "2345678923456789", "https://localhost/check/2345678923456789/"


def rehearse() -> None:
    """Admit, freeze and compare a page of our own, if the fonts are there; it takes a tenth of a second."""
    if fonts.missing():
        return
    stream = io.BytesIO()
    sans, _ = fonts.register()
    canvas = Canvas(stream, pagesize=A4, initialFontName=sans)
    canvas.drawString(70, 300, Role.CUSTOMER.line)
    canvas.save()
    intake.admit_in_sandbox(stream.getvalue())
    options = {"title": "", "sealed": [], "placed": {}, "cross_page_image": ""}
    _, frozen = freeze.freeze_in_sandbox(
        stream.getvalue(), check=(_CODE, _ADDRESS), signers=[Role.CUSTOMER.value], **options
    )
    printing.compare_in_sandbox(frozen)
