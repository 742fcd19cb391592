"""Ways in which a signed PDF is spoiled, by other libraries and by hand."""

import io

import pikepdf
import pypdf
from pikepdf import Array, Name
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf.annotations import FreeText

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
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0]
    cover = generic.StreamObject(stream_data=b"q 1 1 1 rg 0 0 595 842 re f Q")
    contents = page["/Contents"] if isinstance(page["/Contents"], generic.ArrayObject) else None
    before = contents or [page.raw_get("/Contents")]
    page[pdf_name("/Contents")] = generic.ArrayObject([*before, writer.add_object(cover)])
    writer.update_container(page)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def replace_page(data):
    """Append an update, written by hand, that shows the page empty: a shadow attack."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0].obj
        number, root, size = page.objgen[0], pdf.Root.objgen[0], int(pdf.trailer.Size)
        page.Contents = Array()
        body = page.unparse(resolved=True)
    start = len(data)
    previous = int(data[data.rindex(b"startxref") :].split()[1])
    change = b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    return data + change + table % (number, start, size, root, previous, start + len(change))


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
