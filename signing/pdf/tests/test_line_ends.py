"""What belongs to a line stands in the paper that is signed: arrows, leaders, figures, and the line of a note."""

import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name

from signing.pdf import intake
from signing.pdf.freeze import freeze
from signing.tests import making

LINE = Dictionary(Subtype=Name.Line, L=[100, 700, 300, 700])
BENT = Dictionary(Subtype=Name.PolyLine, Vertices=[100, 700, 200, 700, 300, 700])
EACH = ["Square", "Circle", "Diamond", "OpenArrow", "ClosedArrow", "Butt", "ROpenArrow", "RClosedArrow", "Slash"]


def drawn(mark):
    """Return the picture of a frozen page with this mark."""

    def add(pdf):
        placed = Dictionary({**mark, "/Type": Name.Annot, "/Rect": Array([100, 690, 300, 710])})
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(placed)])

    data = freeze(intake.admit(making.edited(making.paper(), add)).content, signers=["customer"]).data
    with pypdfium2.PdfDocument(data) as document:
        return document[0].render().to_pil()


def seen(page, left, bottom, right, top):
    """Return the colours that are seen in a box of the page, white aside."""
    area = page.crop((left, page.height - top, right, page.height - bottom))
    return {colour for _, colour in area.getcolors(1 << 16)} - {(255, 255, 255)}


@pytest.mark.parametrize("shape", EACH)
@pytest.mark.parametrize("mark", [LINE, BENT])
def test_both_ends_of_a_line_are_drawn(mark, shape):
    ended = drawn({**mark, "/LE": Array([Name("/" + shape), Name("/" + shape)])})

    assert seen(ended, 88, 702, 112, 712)
    assert seen(ended, 288, 702, 312, 712)
    assert not seen(ended, 150, 702, 250, 712)


def test_a_line_without_ends_has_none_and_an_end_with_an_inside_is_filled():
    assert not seen(drawn(LINE), 88, 702, 112, 712)
    filled = drawn({**LINE, "/LE": Array([Name.ClosedArrow, Name("/None")]), "/IC": Array([0, 1, 0])})

    assert (0, 255, 0) in seen(filled, 88, 695, 112, 705)


def test_a_measuring_line_stands_beside_what_it_measures_with_leaders_and_its_figure():
    measure = drawn({**LINE, "/LL": 20, "/LLE": 4, "/Cap": True, "/Contents": "3.5 m"})

    assert not seen(measure, 120, 695, 280, 705)
    assert seen(measure, 98, 702, 102, 715)
    assert seen(measure, 150, 718, 160, 722)
    assert seen(measure, 185, 723, 215, 732)


def test_a_note_keeps_the_line_to_its_object_its_ground_and_the_colour_of_its_letters():
    note = Dictionary(
        Subtype=Name.FreeText, Contents=b"see here", DA=b"/Helv 12 Tf 1 0 0 rg", C=[1, 1, 0], BS=Dictionary(W=2),
        CL=[60, 650, 90, 700, 100, 700], LE=Name.OpenArrow,
    )  # fmt: skip
    note = drawn(note)

    assert seen(note, 55, 645, 85, 680)
    colours = seen(note, 98, 688, 302, 712)
    assert {(255, 255, 0), (0, 0, 0)} <= colours
    assert any(red > 200 and green < 100 for red, green, _ in colours)


def test_a_dashed_line_has_gaps():
    dashed = drawn({**LINE, "/BS": Dictionary(W=2, S=Name.D, D=[10, 10])})

    assert not all(seen(dashed, x, 695, x + 2, 705) for x in range(110, 130, 2))
