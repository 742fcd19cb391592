"""A frozen paper prints what it shows: other content for the printer is taken out, or the paper refused."""

import io

import pikepdf
import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name, String

from signing.pdf import intake, printing
from signing.pdf.freeze import freeze
from signing.tests import making

SCREEN_ONLY = Dictionary(View=Dictionary(ViewState=Name.ON), Print=Dictionary(PrintState=Name.OFF))
PRINT_ONLY = Dictionary(View=Dictionary(ViewState=Name.OFF), Print=Dictionary(PrintState=Name.ON))
PLACE = (150, 150)  # of the red square, in points


def layered(usage=None, *, default=None, rule=None):
    """Return a paper with a red square on a layer."""

    def add(pdf):
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("价格")))
        if usage:
            layer.Usage = usage
        both = [Dictionary(Event=event, Category=[event], OCGs=[layer]) for event in (Name.View, Name.Print)]
        settings = {key: Array([layer]) if value else Array() for key, value in (default or {}).items()}
        pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(AS=Array(both), **settings))
        group = pdf.make_indirect(Dictionary(Type=Name.OCMD, OCGs=layer, **rule)) if rule else layer
        pdf.pages[0].obj.Resources.Properties = Dictionary(MC0=group)
        pdf.pages[0].contents_add(b"/OC /MC0 BDC 1 0 0 rg 100 100 100 100 re f EMC")

    return making.edited(making.paper(), add)


def unlisted():
    """Return a paper with a rule that hides, and no list of layers that it could go by."""
    return making.edited(layered(rule={"P": Name.AllOff}), lambda pdf: pdf.Root.__delitem__("/OCProperties"))


def colour(data, mode=None):
    with pypdfium2.PdfDocument(data) as document:
        image = document[0].render(optimize_mode=mode).to_pil().convert("RGB")
    return image.getpixel((PLACE[0], image.height - PLACE[1]))


def frozen(data):
    return freeze(intake.admit(data).content, signers=("customer",)).data


@pytest.mark.parametrize(
    "data",
    [
        layered(SCREEN_ONLY),
        layered(PRINT_ONLY),
        layered(default={"OFF": True}),
        layered(rule={"P": Name.AllOff}),
        layered(Dictionary(Zoom=Dictionary(min=2))),
        unlisted(),
    ],
    ids=["screen only", "print only", "hidden", "shown where hidden", "shown when enlarged", "in no list"],
)
def test_sg_19_a_paper_with_layers_that_hide_is_refused_with_the_remedy(data):
    with pytest.raises(ValidationError, match="各软件显示不一的内容。请在制图软件里合并图层") as caught:
        frozen(data)

    assert caught.value.code == "layers"


def test_sg_19_layers_that_show_always_become_part_of_the_page():
    data = frozen(layered(default={"ON": True}))

    assert colour(data) == colour(data, "print") == (255, 0, 0)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert "/OCProperties" not in pdf.Root
        assert not pdf.pages[0].obj.Resources.Properties.keys()


def scanned(pdf):
    """Draw a red picture on a layer, and a blue one over it for when the layer is off."""
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Background")))
    off = pdf.make_indirect(Dictionary(Type=Name.OCMD, OCGs=Array([layer]), P=Name.AllOff))
    pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(ON=[layer], OFF=[]))
    pictures = {}
    for name, pixel, shown in (("/On", b"\xff\0\0", layer), ("/Off", b"\0\0\xff", off)):
        pictures[name] = pdf.make_stream(pixel, Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8, OC=shown)
        pictures[name].ColorSpace = Name.DeviceRGB
    pdf.pages[0].obj.Resources.XObject = Dictionary(pictures)
    pdf.pages[0].contents_add(b"q 100 0 0 100 100 100 cm /On Do /Off Do Q")


def test_sg_19_a_picture_that_stands_in_for_a_layer_that_is_shown_goes():
    paper = making.edited(making.paper(), scanned)
    assert colour(paper) == (255, 0, 0)

    data = frozen(paper)

    assert colour(data) == colour(data, "print") == (255, 0, 0)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.pages[0].obj.Resources.XObject.Off.read_bytes() == b""


def test_sg_19_a_mark_for_when_a_layer_is_off_is_refused_because_programs_differ():
    def mark(pdf):
        scanned(pdf)
        off = pdf.pages[0].obj.Resources.XObject.Off.OC
        stamp = Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=[100, 100, 200, 200], OC=off)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(stamp)])

    with pytest.raises(ValidationError, match="合并图层"):
        frozen(making.edited(making.paper(), mark))


def substituted(pdf):
    """Give an image an alternate for the printer, a form the page of another file, a state what printers follow."""
    image, other = (pdf.make_stream(grey, Subtype=Name.Image, Width=1, Height=1) for grey in (b"\xff", b"\0"))
    for stream in (image, other):
        stream.BitsPerComponent, stream.ColorSpace = 8, Name.DeviceGray
    image.OPI = Dictionary()
    image.Alternates = Array([Dictionary(Image=other, DefaultForPrinting=True)])
    page = Dictionary(F=String("other.pdf"), Page=0, ID=[String("a"), String("b")])
    form = pdf.make_stream(b"", Subtype=Name.Form, BBox=[0, 0, 9, 9], Ref=page)
    postscript = pdf.make_stream(b"showpage", Subtype=Name.PS)
    resources = pdf.pages[0].obj.Resources
    resources.XObject = Dictionary(Im0=image, Fm0=form, PS=postscript)
    resources.ExtGState = Dictionary(G0=Dictionary(TR=Name.Identity, OP=True, ca=1))
    pdf.pages[0].contents_add(b"q 9 0 0 9 9 9 cm /G0 gs /Im0 Do Q /Fm0 Do /PS Do")
    pdf.Root.ViewerPreferences = Dictionary(PrintArea=Name.MediaBox, PrintPageRange=[2, 2])


def test_sg_19_no_substitute_for_the_printer_survives():
    data = frozen(making.edited(making.paper(), substituted))

    with pikepdf.open(io.BytesIO(data)) as pdf:
        resources = pdf.pages[0].obj.Resources
        assert {"/Im0", "/Fm0", "/PS"} <= set(resources.XObject.keys())
        assert resources.XObject.PS.read_bytes() == b""
        assert set(resources.ExtGState.G0.keys()) == {"/ca"}
    for name in (b"/Alternates", b"/Ref ", b"/OPI", b"/PrintArea", b"other.pdf"):
        assert name not in data


def test_sg_19_a_frame_around_a_link_is_neither_shown_nor_printed():
    def link(pdf):
        there = Array([pdf.pages[0].obj, Name.Fit])
        mark = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 300, 300], Dest=there, Border=[0, 0, 9])
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(mark)])

    with pikepdf.open(io.BytesIO(frozen(making.edited(making.paper(), link)))) as pdf:
        assert [int(part) for part in pdf.pages[0].obj.Annots[0].Border] == [0, 0, 0]


@pytest.mark.parametrize("usage", [SCREEN_ONLY, PRINT_ONLY], ids=["screen only", "print only"])
def test_sg_19_a_page_that_prints_otherwise_than_it_shows_is_named(usage):
    def hide(pdf):
        """Leave no layer by the book, but one that an engine goes by."""
        del pdf.Root.OCProperties
        del pdf.pages[0].obj.Resources.Properties.MC0.Type

    data = making.edited(layered(usage), hide)

    assert colour(data) != colour(data, "print")
    with pytest.raises(ValidationError, match="第 1 页打印出来的内容与屏幕显示不同"):
        printing.compare(data)
    with pytest.raises(ValidationError, match="合并图层"):
        frozen(data)


def test_sg_19_a_layer_in_no_list_that_shows_nowhere_is_refused():
    def hide(pdf):
        del pdf.Root.OCProperties
        del pdf.pages[0].obj.Resources.Properties.MC0.Type

    usage = Dictionary(View=Dictionary(ViewState=Name.OFF), Print=Dictionary(PrintState=Name.OFF))
    with pytest.raises(ValidationError, match="合并图层"):
        frozen(making.edited(layered(usage), hide))
