"""Looks through Office files (Office Open XML): parts of known kinds only, nothing embedded, nothing fetched.

It goes from relation to relation, as Office does, and reads their XML; names of parts and the bytes of tags say little.
Runs in the sandbox.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

import defusedxml.ElementTree
import defusedxml.sax
from defusedxml import DefusedXmlException
from django.core.exceptions import ValidationError

_OFFICE = "application/vnd.openxmlformats-officedocument"
_KINDS = {
    f"{_OFFICE}.wordprocessingml.document": "docx",
    f"{_OFFICE}.spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}.presentationml.presentation": "pptx",
}
# Who names relations: ECMA-376 in both its forms, Microsoft's additions, WPS.
_NAMERS = re.compile(
    r"http://(schemas\.openxmlformats\.org/(officeDocument|package)/2006/relationships(/metadata)?"
    r"|purl\.oclc\.org/ooxml/officeDocument/relationships(/metadata)?"
    r"|schemas\.microsoft\.com/office/([a-z]+/)?20\d\d(/\d\d)?/relationships"
    r"|www\.wps\.cn/officeDocument/20\d\d)/(?P<name>[\w-]+)"
)
# Relations to XML that says how a document looks and what it is.
_XML_NAMES = """
    officeDocument core-properties extended-properties extendedProperties custom-properties customProperties customXml
    customXmlProps classificationlabels theme themeOverride styles stylesWithEffects settings webSettings fontTable
    numbering header footer footnotes endnotes comments commentsExtended commentsIds commentsExtensible people
    glossaryDocument bibliography hyperlink chart chartEx chartStyle chartColorStyle chartUserShapes diagramData
    diagramLayout diagramQuickStyle diagramColors diagramDrawing drawing vmlDrawing
    worksheet chartsheet sharedStrings calcChain sheetMetadata table tableSingleCells person threadedComment pivotTable
    pivotCacheDefinition pivotCacheRecords cellImage rdRichValue rdRichValueStructure rdRichValueTypes richValueRel
    slide slideLayout slideMaster notesSlide notesMaster handoutMaster presProps viewProps tableStyles tags
    commentAuthors authors revisionInfo changesInfo
"""
_XML = set(_XML_NAMES.split())
# Relations to what is drawn, or tells a printer its settings.
_BINARY = {"image", "thumbnail", "hdphoto", "font", "printerSettings"}
_MACROS = re.compile(r"vba|macro|control|activex|customui|extensibility|keymap", re.IGNORECASE)
_ACTIVE_TYPE = re.compile(r"vba|macroenabled|activex|oleobject|control", re.IGNORECASE)
# What Word works out by itself from the document; others load files, start programs or ask.
_FIELD_NAMES = """
    = PAGE NUMPAGES SECTION SECTIONPAGES PAGEREF REF NOTEREF STYLEREF TOC TC TOA TA INDEX XE SEQ HYPERLINK DATE TIME
    CREATEDATE SAVEDATE PRINTDATE EDITTIME AUTHOR TITLE SUBJECT KEYWORDS COMMENTS FILENAME FILESIZE LASTSAVEDBY INFO
    NUMWORDS NUMCHARS REVNUM DOCPROPERTY DOCVARIABLE TEMPLATE USERNAME USERINITIALS USERADDRESS FORMTEXT FORMCHECKBOX
    FORMDROPDOWN MERGEFIELD LISTNUM AUTONUM AUTONUMLGL AUTONUMOUT SYMBOL EQ ADVANCE IF CITATION BIBLIOGRAPHY SHAPE
"""
_FIELDS = set(_FIELD_NAMES.split())
_FIELD_NAME = re.compile(r"\s*(=|[A-Za-z]+)")
_SHARE = re.compile(r"\\\\|(?<!http:)(?<!https:)//|file:", re.IGNORECASE)
# Functions of spreadsheets that fetch or run, and links to other programs: program|topic!item.
_FORMULA = re.compile(r"\b(WEBSERVICE|IMAGE|RTD|CALL|EXEC|REGISTER|REGISTER\.ID|DDE)\s*\(|\w\s*\|[^!]*!", re.IGNORECASE)
_CODES = {"instrText", "delInstrText"}
_FORMULAS = {"f", "formula", "formula1", "formula2", "definedName"}
_MOST_BYTES = 1024 * 1024  # of relations, or of the list of types
_REFUSALS = {
    "macros": "文件含有宏或可执行内容，不能发送。请另存为不含宏的 docx、xlsx、pptx，或导出为 PDF 后再发。",
    "damaged": "文件已损坏，无法打开。请用 WPS 或 Office 打开后另存，再重新发送。",
    "embedded": "文件里嵌入了对象、多媒体或其他文件，不能发送。请删除（图表请粘贴为图片），或导出为 PDF 后再发。",
    "remote": "文件引用了外部模板或对象，不能发送。请断开链接后另存，或导出为 PDF 后再发。",
    "fields": "文件里的域或公式会读取其他文件或启动程序（如 DDE），不能发送。请转为文字后另存，或导出为 PDF 后再发。",
}


def refusal(code: str) -> ValidationError:
    """Return the error of one of the kinds above: cause and remedy."""
    return ValidationError(_REFUSALS[code], code=code)


def check(archive: zipfile.ZipFile) -> tuple[str, str] | None:
    """Return (ending, content type) of an Office file; None where a ZIP archive is none. Raises ValidationError."""
    parts = {entry.filename.lower(): entry for entry in archive.infolist() if not entry.is_dir()}
    if "[content_types].xml" not in parts:
        return None
    if len(parts) != sum(not entry.is_dir() for entry in archive.infolist()):
        raise refusal("damaged")
    types = _types(_read_xml(archive, parts["[content_types].xml"]))
    if any(map(_ACTIVE_TYPE.search, types.values())):
        raise refusal("macros")
    reached, main = _walk(archive, parts)
    if len(main) != 1:
        return None
    if parts.keys() - reached - {"[content_types].xml"}:
        raise refusal("embedded")
    path = main.pop()
    whole = types.get("/" + path) or types.get(path.rpartition(".")[2], "")
    content_type = whole.removesuffix(".main+xml")
    return (_KINDS[content_type], content_type) if content_type in _KINDS else None


def _types(root):
    """Return {"/name of a part" or ending: its content type}."""
    return {(node.get("PartName") or node.get("Extension", "")).lower(): node.get("ContentType", "") for node in root}


def _walk(archive, parts):
    """Look at every part that can be reached; return their names, and those of the documents proper."""
    reached: set[str] = set()
    main, waiting, read = set(), [""], set()
    while waiting:
        source = waiting.pop()
        for name, target in _relations(archive, parts, source, reached):
            if name == "officeDocument" and not source:
                main.add(target)
            if target not in reached:
                reached.add(target)
                waiting.append(target)
            if name in _XML and target not in read:
                read.add(target)
                _check_content(archive, parts[target])
    return reached, main


def _relations(archive, parts, source, reached) -> Iterator[tuple[str, str]]:
    """Give (kind, name of the part) of what a part, or the file as such, leads to within the file."""
    folder, name = posixpath.split(source)
    path = posixpath.join(folder, "_rels", name + ".rels")
    if path not in parts:
        return
    reached.add(path)
    for node in _read_xml(archive, parts[path]).iter():
        if _local(node.tag) != "Relationship":
            continue
        kind = _NAMERS.fullmatch(node.get("Type", ""))
        known = kind["name"] if kind else ""
        target, mode = node.get("Target", ""), node.get("TargetMode", "Internal")
        if known not in _XML | _BINARY:
            raise refusal("remote" if mode != "Internal" else "macros" if _MACROS.search(known) else "embedded")
        if mode != "Internal":
            if known != "hyperlink" or urlsplit(target).scheme not in ("http", "https", "mailto"):
                raise refusal("remote")
        elif (path_to := _resolved(folder, target)) in parts:
            yield known, path_to


def _resolved(folder, target):
    path = unquote(target.partition("#")[0]).lower()
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")


def _read_xml(archive, entry) -> Element:
    """Parse a small part as a whole."""
    with archive.open(entry) as stream:
        content = stream.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise refusal("damaged")
    try:
        return defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise refusal("damaged") from error


def _check_content(archive, entry):
    try:
        with archive.open(entry) as stream:
            defusedxml.sax.parse(stream, _Content(), forbid_dtd=True)
    except (SAXException, DefusedXmlException, LookupError) as error:
        raise refusal("damaged") from error


class _Content(ContentHandler):
    """Refuses fields, formulas and drawings that fetch or run; a field may be spread over many elements."""

    def __init__(self):
        super().__init__()
        self.fields: list[list[str]] = []  # those that are open, the innermost last
        self.text: list[str] | None = None

    def startElement(self, name: str, attrs: Any) -> None:
        element, values = _local(name), {_local(key): value for key, value in attrs.items()}
        if element == "fldChar":
            self._turn(values.get("fldCharType"))
        elif element == "fldSimple":
            _check_field(values.get("instr", ""))
        elif element in _CODES:
            self.text = self.fields[-1] if self.fields else []
        elif element in _FORMULAS:
            self.text = []
        elif element in ("mailMerge", "ddeLink"):
            raise refusal("fields")
        elif element in ("imagedata", "fill", "stroke") and _is_elsewhere(values):
            raise refusal("remote")

    def characters(self, content: str) -> None:
        if self.text is not None:
            self.text.append(content)

    def endElement(self, name: str) -> None:
        element = _local(name)
        if element in _FORMULAS and self.text is not None and _FORMULA.search("".join(self.text)):
            raise refusal("fields")
        if element in _CODES and not self.fields and self.text:
            _check_field("".join(self.text))
        if element in _CODES | _FORMULAS:
            self.text = None

    def _turn(self, kind):
        """Open a field, or check the innermost one where its code ends."""
        if kind == "begin":
            if self.fields:
                self.fields[-1].append(" ")
            self.fields.append([])
        elif self.fields:
            _check_field("".join(self.fields[-1]))
            if kind == "end":
                self.fields.pop()


def _check_field(code):
    name = _FIELD_NAME.match(code)
    if code and (not name or name[1].upper() not in _FIELDS or _SHARE.search(code)):
        raise refusal("fields")


def _is_elsewhere(values):
    return any(":" in values.get(key, "") or values.get(key, "").startswith(("//", "\\\\")) for key in ("src", "href"))


def _local(name):
    return name.rpartition("}")[2].rpartition(":")[2]
