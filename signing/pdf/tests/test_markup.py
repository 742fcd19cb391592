"""Marks whose producer left their look to the viewer stand in the paper that is signed."""

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name

from signing.pdf import intake
from signing.pdf.freeze import freeze
from signing.tests import making

# Each in a band of its own, from the top down.
MARKS = [
    Dictionary(Subtype=Name.StrikeOut, QuadPoints=[70, 0, 300, 0, 70, -25, 300, -25], C=[1, 0, 0]),
    Dictionary(Subtype=Name.Underline, C=[0, 0, 1]),
    Dictionary(Subtype=Name.Squiggly, C=[0, 0, 1]),
    Dictionary(Subtype=Name.Highlight, QuadPoints=[70, 0, 300, 0, 70, -25, 300, -25]),
    Dictionary(Subtype=Name.FreeText, Contents="以此为准".encode("utf-16"), DA=b"0 g /Helv 12 Tf"),
    Dictionary(Subtype=Name.Ink, InkList=[[70, -20, 150, 0, 300, -20]], C=[1, 0, 0]),
    Dictionary(Subtype=Name.Line, L=[70, -10, 300, -10]),
    Dictionary(Subtype=Name.Polygon, Vertices=[70, -20, 300, -20, 150, 0], IC=[0.8, 0.9, 1]),
    Dictionary(Subtype=Name.PolyLine, Vertices=[70, -20, 300, -20, 150, 0], BS=Dictionary(W=2)),
    Dictionary(Subtype=Name.Square, C=[1, 0, 0]),
    Dictionary(Subtype=Name.Circle, C=[0.5]),
    Dictionary(Subtype=Name.Text, Contents=b"note"),
    Dictionary(Subtype=Name.Stamp, Name=Name.Approved),
]
BAND, TOP = 35, 800


def moved(value, top):
    """Return the coordinates of a mark in the band that begins at `top`."""
    if not isinstance(value, pikepdf.Array):
        return value
    if isinstance(value[0], pikepdf.Array):
        return Array([moved(part, top) for part in value])
    return Array([number + top if index % 2 else number for index, number in enumerate(value)])


def marked(*, flags=0):
    def add(pdf):
        marks = []
        for number, mark in enumerate(MARKS):
            top = TOP - BAND * number
            placed = {
                key: moved(value, top) if key in ("/QuadPoints", "/InkList", "/L", "/Vertices") else value
                for key, value in mark.items()
            }
            rect = Array([70, top - 25, 300, top])
            marks.append(pdf.make_indirect(Dictionary({**placed, "/Type": Name.Annot, "/Rect": rect, "/F": flags})))
        pdf.pages[0].obj.Annots = Array(marks)

    return freeze(intake.admit(making.edited(making.paper(), add)).content, signers=["customer"]).data


def bands(data):
    """Return, per mark, whether anything is seen in its band."""
    with pypdfium2.PdfDocument(data) as document:
        page = document[0].render().to_pil().convert("L")
    found = []
    for number in range(len(MARKS)):
        top = page.height - (TOP - BAND * number)
        found.append(page.crop((60, top - 3, 310, top + 30)).getextrema()[0] < 250)
    return found


def test_marks_without_an_appearance_are_drawn_at_the_freeze_and_hidden_ones_are_not():
    assert [str(mark.Subtype) for mark, seen in zip(MARKS, bands(marked()), strict=True) if not seen] == []
    assert not any(bands(marked(flags=2)))
