"""PDFs from customers: what runs, launches, sends or hides is taken out, or the file is refused."""

import io

import pikepdf
import pypdf
import pytest
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name, String
from pypdf.annotations import FreeText

from files import cleaning
from files.tests import samples
from signing.tests import making


def script():
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def on_page(**mark):
    return lambda pdf: setattr(pdf.pages[0].obj, "Annots", Array([Dictionary(Rect=[0, 0, 9, 9], **mark)]))


def with_action(**action):
    return on_page(Type=Name.Annot, Subtype=Name.Link, A=Dictionary(**action))


def with_names(key):
    return lambda pdf: setattr(pdf.Root, "Names", Dictionary({key: Dictionary(Names=Array([String("a"), script()]))}))


def opening_with_script(pdf):
    pdf.Root.OpenAction = script()


def with_file(pdf):
    pdf.attachments["a.exe"] = b"MZ"


def with_form(pdf):
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp/>"))


def with_chained_script(pdf):
    go = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=Array([script()]))
    pdf.Root.OpenAction = pdf.make_indirect(go)


def signed(data, edit=lambda pdf: None):
    return samples.signed(making.edited(data, edit))


def sham(data, edit=lambda pdf: None):
    """Return a PDF whose signature is one in name only."""

    def add(pdf):
        value = Dictionary(Type=Name.Sig, Contents=b"x", ByteRange=Array([0, 1, 2, 3]))
        pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(Dictionary(FT=Name.Sig, T="s", V=value))]))
        edit(pdf)

    return making.edited(data, add)


@pytest.mark.parametrize(
    ("add", "name", "trace"),
    [
        (with_names("/JavaScript"), "脚本", b"JavaScript"),
        (opening_with_script, "脚本", b"JavaScript"),
        (with_chained_script, "脚本", b"JavaScript"),
        (with_action(S=Name.Launch, F=String("cmd.exe")), "启动程序的动作", b"Launch"),
        (with_action(S=Name.SubmitForm, F=String("http://x/")), "提交表单的动作", b"SubmitForm"),
        (with_action(S=Name.URI, URI=String("http://x/")), "外部链接", b"/URI"),
        (with_action(S=Name.GoToE, T=Dictionary(R=Name.C)), "内嵌文件", b"GoToE"),
        (on_page(Subtype=Name.RichMedia), "多媒体", b"RichMedia"),
        (on_page(Subtype=Name.Screen, AA=Dictionary(PO=script())), "多媒体", b"/Screen"),
        (on_page(Subtype=Name.Text, AA=Dictionary(E=script())), "自动执行的动作", b"/AA "),
        (with_file, "内嵌文件", b"EmbeddedFile"),
        (with_form, "XFA 表单", b"XFA"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_up_11_what_could_act_is_taken_out_and_named(add, name, trace):
    kept, pages, removed = cleaning.clean(making.edited(making.paper(), add))

    assert name in removed
    assert pages == 1
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        stream = io.BytesIO()
        pdf.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert trace not in stream.getvalue()


def test_up_11_inner_links_and_the_page_it_opens_at_stay():
    def add(pdf):
        there = Array([pdf.pages[1].obj, Name.Fit])
        with_action(S=Name.GoTo, D=there)(pdf)
        pdf.Root.OpenAction = there

    kept, _, removed = cleaning.clean(making.edited(making.paper(pages=2), add))

    assert removed == []
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert str(pdf.pages[0].Annots[0].A.S) == "/GoTo"
        assert "/OpenAction" in pdf.Root


def test_up_12_a_clean_signed_file_keeps_every_byte():
    data = signed(making.paper(), with_action(S=Name.URI, URI=String("https://example.cn/")))

    assert cleaning.clean(data) == (data, 1, [])


def with_script_in_its_head():
    return making.paper().replace(b"ReportLab Generated", b"<script>alert(1)//.")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: signed(making.paper(), opening_with_script), "signed_active"),
        (lambda: signed(making.paper(), with_file), "signed_active"),
        (lambda: signed(making.paper()) + b"<script>alert(1)</script>", "signed_polyglot"),
        (lambda: samples.signed(with_script_in_its_head()), "signed_polyglot"),
        (lambda: signed(making.paper()) + b"PK\5\6" + bytes(18), "signed_polyglot"),
    ],
    ids=["script", "file", "html behind", "html before", "zip"],
)
def test_up_11_up_12_a_signed_file_that_would_have_to_change_is_refused(make, code):
    with pytest.raises(ValidationError, match="数字签名") as caught:
        cleaning.clean(make())

    assert caught.value.code == code


def opening_elsewhere(pdf):
    pdf.Root.OpenAction = Dictionary(S=Name.GoToR, F=String("//evil.example/a.pdf"), D=Array([0, Name.Fit]))


def opening_by_a_detour(pdf):
    follows = Array([Dictionary(S=Name.URI, URI=String("https://evil.example/"))])
    pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=follows)


def changed_since(data):
    """Return a signed PDF with a note added by an update of its own."""
    writer, stream = pypdf.PdfWriter(io.BytesIO(data), incremental=True), io.BytesIO()
    writer.add_annotation(0, FreeText(text="paid", rect=(50, 550, 200, 650)))
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("make", "also"),
    [
        (lambda: sham(making.paper(), opening_elsewhere), {"自动执行的动作"}),
        (
            lambda: sham(making.paper(), with_action(S=Name.GoToR, F=String("//evil.example/a.pdf"))),
            {"指向其他文件的链接"},
        ),
        (lambda: signed(making.paper()).replace(b"/Producer", b"/Broducer", 1), set()),
        (lambda: changed_since(signed(making.paper())), set()),
    ],
    ids=["sham opening elsewhere", "sham with a link", "changed byte", "changed by an update"],
)
def test_up_25_only_a_whole_signature_keeps_a_pdf_from_being_cleaned(make, also):
    kept, _, removed = cleaning.clean(make())

    assert set(removed) == {"已失效或无法确认的数字签名"} | also
    for trace in (b"GoToR", b"evil.example", b"ByteRange"):
        assert trace not in kept


@pytest.mark.parametrize("edit", [opening_elsewhere, opening_by_a_detour])
def test_up_25_no_signature_excuses_what_acts_when_the_file_opens(edit):
    with pytest.raises(ValidationError, match="自动执行的动作"):
        cleaning.clean(signed(making.paper(), edit))


@pytest.mark.parametrize(
    "action",
    [
        {"S": Name.GoToR, "F": String("//evil.example/a.pdf")},
        {"S": Name.URI, "URI": String("file://evil.example/a")},
        {"S": Name.URI, "URI": String("JavaScript:alert(1)")},
    ],
)
def test_up_25_no_signature_excuses_links_to_files_and_scripts(action):
    with pytest.raises(ValidationError, match="指向其他文件的链接"):
        cleaning.clean(signed(making.paper(), with_action(**action)))


@pytest.mark.parametrize("hidden", [b"<html><script>alert(1)</script>", b"PK\3\4evil"])
def test_up_07_what_hides_around_a_pdf_is_not_kept(hidden):
    data = hidden + b"\n" + making.paper() + hidden + b"PK\5\6" + bytes(18)

    kept, pages, _ = cleaning.clean(data)

    assert pages == 1
    assert kept.startswith(b"%PDF-")
    assert hidden not in kept
    assert b"PK\5\6" not in kept


def with_marks(pdf):
    mark = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents=String("x"))
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(mark) for _ in range(50_000)])


def nested(depth=5000):
    return making.paper().replace(b"/Type /Catalog", b"/Deep " + b"[" * depth + b"]" * depth + b" /Type /Catalog")


def looped():
    data = making.paper()
    start = data.rindex(b"startxref")
    return data.replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % data.rindex(b"xref\n", 0, start))


def bomb_in_object_stream(pdf):
    """Leave an object whose text swells from a few kilobytes to 400 MB."""
    packed = samples.swelling(b" ", 400)
    pdf.Root.Metadata = pdf.make_stream(packed, Type=Name.ObjStm, N=1, First=4, Filter=Name.FlateDecode)


@pytest.mark.parametrize(
    "make",
    [
        lambda: making.edited(making.paper(), with_marks),
        nested,
        looped,
        lambda: making.edited(making.paper(), bomb_in_object_stream),
    ],
    ids=["50000 marks", "nested", "loop", "object stream"],
)
def test_up_10_a_pdf_made_to_exhaust_is_refused_or_done_within_the_limits(make):
    try:
        _, pages, _ = cleaning.clean(make())
    except ValidationError:
        pages = 1

    assert pages == 1
