"""Office files made by hand, as small as they can be, and what is wrong with some of them."""

import io
import zipfile

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAIN = {
    "word/document.xml": "wordprocessingml.document",
    "xl/workbook.xml": "spreadsheetml.sheet",
    "ppt/presentation.xml": "presentationml.presentation",
}


def relation(kind, target, more="", *, namer=OFFICE):
    return f'<Relationship Id="r" Type="{namer}/{kind}" Target="{target}" {more}/>'


def relations(*lines):
    return f'<?xml version="1.0"?><Relationships xmlns="{_RELATIONS}">{"".join(lines)}</Relationships>'


def office(main="word/document.xml", *, body="", types="", leads="", **more):
    """Return a file with the document `main`; `leads` are its relations, `more` further parts by name."""
    kind = f"application/vnd.openxmlformats-officedocument.{_MAIN.get(main, 'x')}.main+xml"
    known = '<Default Extension="xml" ContentType="application/xml"/>'
    known += f'<Override PartName="/{main}" ContentType="{kind}"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}">{known}{types}</Types>',
        "_rels/.rels": relations(relation("officeDocument", main)),
        main: f'<w:document xmlns:w="{WORD}">{body}</w:document>',
    }
    if leads:
        folder, _, name = main.rpartition("/")
        parts[f"{folder}/_rels/{name}.rels"] = leads if isinstance(leads, bytes) else relations(leads)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in (parts | more).items():
            archive.writestr(path, content)
    return stream.getvalue()


def field(*codes):
    """Return a field of Word whose code is spread over several runs."""
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f"<w:p>{begin}{runs}{end}</w:p>"
