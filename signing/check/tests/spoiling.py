"""Ways in which a signed PDF is spoiled, by other libraries and by hand."""

import io
import random

import pikepdf
import pypdf
from pikepdf import Array, Name
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf.annotations import FreeText

from signing.check.examination import examine_in_sandbox
from signing.tests import making


def flip(data, position=0.3):
    changed = bytearray(data)
    changed[int(len(data) * position)] ^= 1
    return bytes(changed)


def annotate(data):
    """Add a note by pypdf's incremental writer."""
    writer, stream = pypdf.PdfWriter(io.BytesIO(data), incremental=True), io.BytesIO()
    writer.add_annotation(0, FreeText(text="paid", rect=(50, 550, 200, 650)))
    writer.write(stream)
    return stream.getvalue()


def draw_over(data):
    """Add content to the page by pyHanko's incremental writer, which hides what was signed."""
    writer, stream = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    page = writer.root["/Pages"]["/Kids"][0]
    cover = writer.add_object(generic.StreamObject(stream_data=b"q 1 1 1 rg 0 0 595 842 re f Q"))
    page[pdf_name("/Contents")] = generic.ArrayObject([*_contents(page), cover])
    writer.update_container(page)
    writer.write(stream)
    return stream.getvalue()


def replace_page(data):
    """Append an update, written by hand, that shows the page empty: a shadow attack."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0].obj
        page.Contents = Array()
        return _behind(data, pdf, page.objgen[0], page.unparse(resolved=True), previous=True)


def strip(data):
    def without_signatures(pdf):
        for field in pdf.Root.AcroForm.Fields:
            if Name.V in field:
                del field[Name.V]

    return making.edited(data, without_signatures)


def strip_form(data):
    def without_form(pdf):
        del pdf.Root[Name.AcroForm]
        for page in pdf.pages:
            del page.obj[Name.Annots]

    return making.edited(data, without_form)


def save_again(data):
    return making.edited(data, lambda pdf: None)


def save_by_pypdf(data):
    writer, stream = pypdf.PdfWriter(clone_from=io.BytesIO(data)), io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def cut(data, part=0.8):
    return data[: int(len(data) * part)]


def append_junk(data):
    return data + b"\n% more " + b"x" * 3000


def examine_mutants(data, *, roots, count):
    """For the sandbox: examine so many mutants, each of which it may take for anything but this file."""
    dice, found = random.Random(9), []
    while len(found) < count:
        if (mutant := mutated(data, dice)) != data:
            note, _ = examine_in_sandbox(mutant, roots=roots)
            found.append(
                {"troubles": note["troubles"], "sha256": [signature["sha256"] for signature in note["signatures"]]}
            )
    return found, b""


def mutated(data, dice):
    """Return the file with a byte changed, a part cut out, doubled, or put elsewhere."""
    size = len(data)
    here, length = dice.randrange(size), dice.choice((1, 4, 60, 900))
    part = data[here : here + length]
    kind = dice.randrange(4)
    if kind == 0:
        return data[:here] + bytes([data[here] ^ dice.randrange(1, 256)]) + data[here + 1 :]
    if kind == 1:
        return data[:here] + data[here + length :]
    if kind == 2:
        return data[:here] + part + data[here:]
    there = dice.randrange(size)
    return data[:there] + part + data[there + length :]


def whiten(data):
    """Draw white over the first page, whose content becomes an array with a number of its own."""
    writer, stream = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    page = writer.root["/Pages"]["/Kids"][0]
    white = writer.add_object(generic.StreamObject(stream_data=b"q 1 g 0 0 2000 2000 re f Q"))
    page[pdf_name("/Contents")] = writer.add_object(generic.ArrayObject([*_contents(page), white]))
    writer.update_container(page)
    writer.write(stream)
    return stream.getvalue()


def _contents(page):
    contents = page["/Contents"]
    return contents if isinstance(contents, generic.ArrayObject) else [page.raw_get("/Contents")]


def add_page(data):
    writer, stream = pypdf.PdfWriter(io.BytesIO(data), incremental=True), io.BytesIO()
    writer.add_blank_page(300, 300)
    writer.write(stream)
    return stream.getvalue()


def write_into_empty_field(data):
    """Give the field that nobody signed yet a string for a value."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        field = next(field for field in pdf.Root.AcroForm.Fields if Name.V not in field)
        field.V = pikepdf.String("signed")
        return _behind(data, pdf, field.objgen[0], field.unparse(resolved=True), previous=True)


def write_over(data, *, end=b"startxref\n99999999\n%%EOF\n"):
    """Put another text for the first page behind the file, where viewers that rebuild a broken file find it."""
    return data + _other_text(data) + end


def write_over_behind_padding(data):
    return write_over(data, end=b"%" + b"x" * 2000 + b"\n%%EOF\n")


def write_over_in_a_table_of_its_own(data):
    """As before, under a table of objects that leads to nothing else."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return _behind(data, pdf, _first_contents(pdf), _TEXT, previous=False)


def put_another_behind(data):
    return data + making.paper([(70, 500, "另一份文件")])


def write_over_without_an_end(data):
    return data + b"\n" + _other_text(data)


_TEXT = b"<< /Length 34 >>\nstream\n0 0 1 rg 50 50 400 400 re f       \nendstream"


def _first_contents(pdf):
    contents = pdf.pages[0].obj.Contents
    return (contents[0] if isinstance(contents, Array) else contents).objgen[0]


def _other_text(data):
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return b"%d 0 obj\n%s\nendobj\n" % (_first_contents(pdf), _TEXT)


def _behind(data, pdf, number, body, *, previous):
    """Append one object with a table for it, which leads on to the `previous` table or does not."""
    entries = b"/Size %d /Root %d 0 R" % (int(pdf.trailer.Size), pdf.Root.objgen[0])
    if previous:
        entries += b" /Prev %d" % int(data[data.rindex(b"startxref") :].split()[1])
    change, start = b"%d 0 obj\n%s\nendobj\n" % (number, body), len(data)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n"
    return data + change + table % (number, start, entries, start + len(change))
