import io
import random
import re
import shutil
import subprocess
import zlib

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils.reader import PdfFileReader

from files import cleaning, pdf_checks
from files.tests import samples
from signing.pdf import intake
from signing.pdf.freeze import freeze
from signing.tests import making

OBJECTS = pikepdf.ObjectStreamMode.disable  # so that they can be edited as bytes


def assert_opens_strictly(data, pages):
    assert PdfFileReader(io.BytesIO(data), strict=True).root["/Pages"]["/Count"] == pages


def refused(function, data):
    with pytest.raises(ValidationError) as caught:
        function(data)
    return caught.value.code


def test_a_sound_pdf_passes_unchanged():
    data = making.paper(pages=3)

    assert intake.admit(data).content == data
    assert cleaning.clean(data)[1] == 3


def test_a_table_of_objects_that_is_off_is_repaired():
    data = making.paper().replace(b"0000000", b"0000001", 3)

    admitted = intake.admit(data).content

    assert admitted != data
    assert_opens_strictly(admitted, 1)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: data.rindex(b"startxref")],
        lambda data: b"\r\n\r\njunk" + data,
        lambda data: data + b"\0" * 3000,
        lambda data: data.replace(b"startxref", b"startxerf"),
        lambda data: data.replace(b"/Size", b"/Sise"),
    ],
    ids=["cut off", "junk before", "zeros after", "no startxref", "no size"],
)
def test_a_damaged_frame_is_repaired(spoil):
    data = spoil(making.paper(pages=2))

    assert_opens_strictly(intake.admit(data).content, 2)
    assert cleaning.clean(data)[1] == 2


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_paper_that_was_cut_off_is_refused_though_its_pages_can_be_counted(part):
    whole = making.edited(making.paper(pages=3), lambda pdf: None)  # qpdf writes the pages first, then their fonts

    assert refused(intake.admit, whole[: int(len(whole) * part)]) == "incomplete"


def test_up_12_an_empty_user_password_is_taken_off():
    locked = making.edited(making.paper(), lambda pdf: None, encryption=pikepdf.Encryption(owner="secret", user=""))

    for kept in (intake.admit(locked).content, cleaning.clean(locked)[0]):
        with pikepdf.open(io.BytesIO(kept)) as pdf:
            assert not pdf.is_encrypted
    signed_and_locked = making.edited(
        samples.signed(making.paper()), lambda pdf: None, encryption=pikepdf.Encryption(owner="secret", user="")
    )
    assert refused(cleaning.clean, signed_and_locked) == "locked_signed"


def protected():
    return making.edited(making.paper(), lambda pdf: None, encryption=pikepdf.Encryption(owner="a", user="b"))


def without_pages():
    return making.edited(making.paper(), lambda pdf: pdf.pages.__delitem__(0))


def with_too_many_pages():
    return making.edited(making.paper(), lambda pdf: pdf.pages.extend([pdf.pages[0]] * pdf_checks.MAX_PAGES))


def with_a_huge_page():
    return making.edited(making.paper(), lambda pdf: setattr(pdf.pages[0].obj, "MediaBox", Array([0, 0, 20_000, 90])))


def with_a_dynamic_form():
    def add(pdf):
        pdf.Root.NeedsRendering = True
        pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp/>"))

    return making.edited(making.paper(), add)


@pytest.mark.parametrize("function", [intake.admit, cleaning.clean])
@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "empty"),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(2000), "not_pdf"),
        (lambda: bytes(1100) + making.paper(), "not_pdf"),
        (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40, "damaged"),
        (lambda: making.paper()[:300], "damaged"),
        (protected, "password"),
        (without_pages, "no_pages"),
        (with_too_many_pages, "pages"),
        (with_a_huge_page, "page_size"),
        (with_a_dynamic_form, "xfa"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_up_10_up_12_a_refusal_names_the_cause(function, make, code):
    assert refused(function, make()) == code


def test_too_many_bytes_are_refused_with_the_limit(settings):
    settings.PDF_MAX_BYTES = 1024

    with pytest.raises(ValidationError, match="上限"):
        cleaning.clean(making.paper())


def test_up_12_a_signed_pdf_is_kept_byte_for_byte_but_not_issued_again():
    signed = samples.signed(making.paper())

    assert cleaning.clean(signed) == (signed, 1, [])
    assert refused(intake.admit, signed) == "signed"


def test_a_signature_in_a_group_of_fields_is_found():
    def add_signature(pdf):
        field = Dictionary(T="s", V=Dictionary(Type=Name.Sig, Contents=b"x", ByteRange=Array([0, 1, 2, 3])))
        parent = pdf.make_indirect(Dictionary(T="group", FT=Name.Sig, Kids=Array([pdf.make_indirect(field)])))
        pdf.Root.AcroForm = Dictionary(Fields=Array([parent]))

    assert refused(intake.admit, making.edited(making.paper(), add_signature)) == "signed"


def test_a_certified_pdf_is_named_as_such():
    def certify(pdf):
        signature = pdf.make_indirect(Dictionary(Type=Name.Sig, Contents=b"x", ByteRange=Array([0, 1, 2, 3])))
        field = pdf.make_indirect(Dictionary(T="s", FT=Name.Sig, V=signature))
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
        pdf.Root.Perms = Dictionary(DocMDP=signature)

    assert refused(intake.admit, making.edited(making.paper(), certify)) == "certified"


def test_a_static_xfa_form_becomes_a_plain_page():
    def add(pdf):
        pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp/>"))

    frozen = freeze(intake.admit(making.edited(making.paper(), add)).content, signers=("customer",))

    with pikepdf.open(io.BytesIO(frozen.data)) as pdf:
        assert "/XFA" not in pdf.Root.AcroForm


def hybrid():
    """Return a PDF with a table of objects and, for readers that know them, a stream of hidden ones (MS Office)."""
    bodies = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Resources 6 0 R /Contents 4 0 R >>",
        4: b"<< /Length 15 >>\nstream\n9 9 20 20 re f \nendstream",
        5: b"<< /Type /ObjStm /N 1 /First 4 /Length 17 >>\nstream\n6 0 << /A 1    >>\nendstream",
    }
    data, places = b"%PDF-1.5\n", {}
    for number, body in bodies.items():
        places[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    hidden = len(data)
    entries = b"\x02\0\x05\0\x01" + hidden.to_bytes(2, "big") + b"\0"
    head = b"<< /Type /XRef /Size 8 /W [1 2 1] /Index [6 2] /Length 8 /Root 1 0 R >>"
    data += b"7 0 obj\n" + head + b"\nstream\n" + entries + b"\nendstream\nendobj\n"
    table = len(data)
    data += b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % places[n] for n in range(1, 6))
    data += b"0000000000 65535 f \ntrailer\n<< /Size 8 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
    last = len(data)
    data += b"xref\n0 0\ntrailer\n<< /Size 8 /Root 1 0 R /Prev %d /XRefStm %d >>\n" % (table, hidden)
    return data + b"startxref\n%d\n%%%%EOF\n" % last


def test_a_hybrid_file_is_signed_as_a_plain_one():
    frozen = freeze(intake.admit(hybrid()).content, signers=("customer",))

    reader = PdfFileReader(io.BytesIO(frozen.data), strict=True)
    assert not reader.xrefs.hybrid_xrefs_present
    assert b"/XRefStm" not in frozen.data
    with pikepdf.open(io.BytesIO(frozen.data)) as pdf:
        assert pdf.pages[0].obj.Resources.A == 1


def test_up_10_a_stream_that_swells_does_not_take_the_memory():
    def swell(pdf):
        pdf.pages[0].Contents = pdf.make_stream(samples.swelling(b"\0", 400), Filter=Name.FlateDecode)

    bomb = making.edited(making.paper(), swell)

    assert len(bomb) < 1_000_000
    assert cleaning.clean(bomb)[1] == 1


@pytest.mark.parametrize("flags", [["--object-streams=generate"], ["--linearize"], ["--qdf"], ["--force-version=1.4"]])
@pytest.mark.skipif(not shutil.which("qpdf"), reason="needs qpdf")
def test_files_of_another_tool_are_admitted(flags, tmp_path):
    (tmp_path / "in.pdf").write_bytes(making.paper(pages=2))
    subprocess.run(["qpdf", *flags, tmp_path / "in.pdf", tmp_path / "out.pdf"], check=True)

    assert_opens_strictly(intake.admit((tmp_path / "out.pdf").read_bytes()).content, 2)


def in_place_of(key, value):
    """Return a paper whose first page has, under `key`, what `value` says in the file's own words."""
    whole = making.edited(
        making.paper(),
        lambda pdf: pdf.pages[0].obj.__setitem__("/QQ", Dictionary(Q=Array([0] * 9))),
        object_stream_mode=OBJECTS,
    )
    start = whole.index(b"/QQ")
    length = whole.index(b">>", start) + 2 - start
    return whole.replace(whole[start : start + length], f"{key} {value}".encode().ljust(length))


def with_metadata(data, **entries):
    def add(pdf):
        pdf.Root.Metadata = pdf.make_stream(data, Type=Name.Metadata, Subtype=Name.XML, **entries)

    return making.edited(making.paper(), add, fix_metadata_version=False, compress_streams=False)


def test_sound_papers_with_odd_parts_are_taken_by_managers_and_customers():
    indirect = making.edited(
        making.paper(pages=2), lambda pdf: setattr(pdf.Root.Pages, "Kids", pdf.make_indirect(pdf.Root.Pages.Kids))
    )
    papers = {
        "indirect /Kids": indirect,
        "null /AA": in_place_of("/AA", "null"),
        "dangling /AA": in_place_of("/AA", "99 0 R"),
        "null property": in_place_of("/Properties", "<</MC0 null>>"),
        "metadata that are no XML": with_metadata(b"<?xpacket \xff\xfe <x"),
        "null /Rotate, and an index that is wrong": re.sub(
            rb"startxref\n\d+", b"startxref\n7", in_place_of("/Rotate", "null")
        ),
        "metadata in Latin 1": with_metadata(b'<?xml version="1.0" encoding="latin-1"?><x>\xe9</x>'),
        "metadata that do not unpack": with_metadata(b"not deflated", Filter=Name.FlateDecode),
        "a page of four points": making.edited(
            making.paper(), lambda pdf: pdf.pages.append(pdf.add_blank_page(page_size=(4, 4)))
        ),
    }
    for name, paper in papers.items():
        admitted = intake.admit(paper).content
        assert freeze(admitted, signers=["customer"]).fields, name
        assert cleaning.clean(paper)[1] == len(pikepdf.open(io.BytesIO(paper)).pages), name


def test_entries_of_a_wrong_kind_are_passed_over_as_viewers_do():
    page = {
        "/Rotate": Name.X,
        "/CropBox": Array([0, 0, Name.X, 1]),
        "/Annots": Array([1, Dictionary(Subtype=Name.Square, Rect=[1, 2, 30, 40], AP=1, BS=1, Border=1, C=1)]),
    }
    root = {"/AcroForm": Dictionary(Fields=1), "/Names": Array(), "/Perms": 1, "/Outlines": 1}

    def spoil(pdf):
        for node, entries in ((pdf.pages[0].obj, page), (pdf.Root, root)):
            for key, value in entries.items():
                node[key] = value

    paper = making.edited(making.paper(), spoil)

    assert freeze(intake.admit(paper).content, signers=["customer"]).fields
    assert cleaning.clean(paper)[1] == 1


def test_a_tree_of_pages_that_viewers_open_is_written_anew():
    plain = making.edited(making.paper(pages=3), lambda pdf: None, object_stream_mode=OBJECTS)
    for spoil, pages in (
        (lambda data: data.replace(b"/Count 3", b"/Count 9"), 3),
        (lambda data: data.replace(b"/Type /Pages", b"/Tpye /Pages"), 3),
        (lambda data: data.replace(b"/Parent", b"/Pareut"), 3),
        (lambda data: re.sub(rb"(/Kids \[ \d+ 0 R )\d+ 0 R", rb"\1  null", data), 2),
    ):
        assert_opens_strictly(intake.admit(spoil(plain)).content, pages)
        assert cleaning.clean(spoil(plain))[1] == pages


def test_scripts_under_a_null_name_do_not_stop_the_cleaner():
    def add(pdf):
        pdf.Root.Names = Dictionary(QavaScript=Dictionary())

    whole = making.edited(making.paper(), add, object_stream_mode=OBJECTS)

    assert cleaning.clean(re.sub(rb"/QavaScript <<\s*>>", b"/JavaScript null", whole))[1:] == (1, [])


def test_a_file_locked_by_a_certificate_is_named_as_such():
    locked = making.edited(making.paper(), lambda pdf: None, encryption=pikepdf.Encryption(owner="a", user="b"))
    locked = locked.replace(b"/Filter /Standard", b"/Filter/Adobe.PubSec")

    assert refused(intake.admit, locked) == refused(cleaning.clean, locked) == "certificate"


def test_a_file_with_a_hole_of_zeros_is_incomplete():
    noise = bytes(random.Random(1).randbytes(200_000))

    def add(pdf):
        picture = pdf.make_stream(zlib.compress(noise), Filter=Name.FlateDecode)
        picture.update(Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=400, Height=500, BitsPerComponent=8))
        picture.ColorSpace = Name.DeviceGray
        pdf.pages[0].add_resource(picture, Name.XObject, Name.Im0)
        pdf.pages[0].contents_add(b"q 200 0 0 200 100 100 cm /Im0 Do Q")

    whole = making.edited(making.paper(), add)
    middle = whole.index(zlib.compress(noise)) + 70_000
    holed = whole[:middle] + bytes(60_000) + whole[middle + 60_000 :]

    assert cleaning.clean(whole)[1] == 1
    assert refused(intake.admit, holed) == refused(cleaning.clean, holed) == "incomplete"
