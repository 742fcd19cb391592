"""Reads the XML of Office files for what fetches or runs: fields, formulas, drawings, embedded objects, actions."""

import re
from collections.abc import Mapping
from typing import IO, Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces

import defusedxml.sax
from defusedxml import DefusedXmlException
from django.core.exceptions import ValidationError

Attributes = Mapping[tuple[str | None, str], str]

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
_FORMULA = re.compile(
    r"\b(WEBSERVICE|IMAGE|RTD|CALL|EXEC|REGISTER|REGISTER\.ID|DDE)\s*\(|[\w')\]]\s*\|[^!]*!|'(\\\\|//|file:|https?:)",
    re.IGNORECASE,
)
_CODES = {"instrText", "delInstrText"}
_FORMULAS = {"f", "formula", "formula1", "formula2", "definedName"}
# Word takes ordinary text for code, too, between the marks where a code stands.
_TEXTS = {"t", "delText"}
_WORD = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
}
# Of two branches, each program reads the one that it knows.
_BRANCHES = {("http://schemas.openxmlformats.org/markup-compatibility/2006", name) for name in ("Choice", "Fallback")}
# The fractions of formulas are called f, too.
_MATHS = {
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
}
_EMBEDDED = {"OLEObject", "oleObject", "oleObj", "control", "altChunk", "subDoc", "webVideoPr"}
# Saving the file would write to another place, or read from there: named in attributes, without a relation.
_SAVED_ELSEWHERE = {"webPublishItem", "saveThroughXslt"}
_ACTION = re.compile(r"ppaction://(program|macro|ole)", re.IGNORECASE)
_REFUSALS = {
    "macros": "文件含有宏或可执行内容，不能发送。请另存为不含宏的 docx、xlsx、pptx，或导出为 PDF 后再发。",
    "damaged": "文件已损坏，无法打开。请用 WPS 或 Office 打开后另存，再重新发送。",
    "embedded": "文件里嵌入了对象、多媒体或其他文件，不能发送。请删除（图表请粘贴为图片），或导出为 PDF 后再发。",
    "picture": "文件里有 SVG 等可以运行脚本或联网的图形，不能发送。请转为 PNG 图片后另存，或导出为 PDF 后再发。",
    "remote": "文件引用了外部模板或对象，不能发送。请断开链接后另存，或导出为 PDF 后再发。",
    "fields": "文件里的域或公式会读取其他文件或启动程序（如 DDE），不能发送。请转为文字后另存，或导出为 PDF 后再发。",
}


def refusal(code: str) -> ValidationError:
    """Return the error of one of the kinds above: cause and remedy."""
    return ValidationError(_REFUSALS[code], code=code)


def check(stream: IO[bytes]) -> None:
    """Raise ValidationError where a part fetches or runs anything, or is no XML."""
    parser = defusedxml.sax.make_parser()
    parser.setFeature(feature_namespaces, True)
    parser.forbid_dtd = True
    parser.setContentHandler(_Content())
    try:
        parser.parse(stream)
    except (SAXException, DefusedXmlException, LookupError) as error:
        raise refusal("damaged") from error


class _Content(ContentHandler):
    """Refuses fields, formulas and drawings that fetch or run; a field may be spread over many elements.

    Elements and attributes of strangers' namespaces, which Office skips, stand for nothing and hide nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[list[str] | None] = []  # those that are open, the innermost last; None: its code is over
        self.around: list[list[list[str] | None]] = []  # the fields open around each branch
        self.text: list[str] | None = None

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: Any) -> None:
        namespace, element = name
        if self.text is not None:  # codes and formulas are plain text
            raise refusal("damaged")
        if element in {"fldChar", "fldSimple", *_CODES}:
            if namespace not in _WORD:
                raise refusal("fields")
            self._start_field(element, attrs)
        elif name in _BRANCHES:
            self.around.append(self.fields)
            self.fields = []
        elif element in _TEXTS and namespace in _WORD:
            self.text = self.fields[-1] if self.fields else None
        elif element in _FORMULAS and namespace not in _MATHS:
            self.text = []
        elif element in ("mailMerge", "ddeLink"):
            raise refusal("fields")
        elif element in _SAVED_ELSEWHERE:
            raise refusal("remote")
        elif element in _EMBEDDED:
            raise refusal("embedded")
        elif any(map(_ACTION.match, _values(attrs, "action"))):
            raise refusal("macros")
        elif element in ("imagedata", "image", "fill", "stroke") and _is_elsewhere(attrs):
            raise refusal("remote")

    def _start_field(self, element: str, attrs: Attributes) -> None:
        if element == "fldSimple":
            for code in _values(attrs, "instr"):
                _check_field(code)
        elif element == "fldChar":
            kinds = _values(attrs, "fldCharType")
            if len(kinds) != 1:
                raise refusal("fields")
            self._turn(kinds[0])
        else:
            open_code = self.fields[-1] if self.fields else None
            self.text = [] if open_code is None else open_code

    def characters(self, content: str) -> None:
        if self.text is not None:
            self.text.append(content)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:
        element = name[1]
        if name in _BRANCHES:
            self._close_all()
            self.fields = self.around.pop()
        if self.text is None:
            return
        if element in _FORMULAS and _FORMULA.search("".join(self.text)):
            raise refusal("fields")
        if element in _CODES and not (self.fields and self.fields[-1] is self.text):
            _check_field("".join(self.text))
        self.text = None

    def endDocument(self) -> None:
        self._close_all()

    def _turn(self, kind: str) -> None:
        """Open a field, or check the innermost one where its code ends."""
        if kind == "begin":
            if self.fields and (code := self.fields[-1]) is not None:
                if not "".join(code).strip():  # the name would be what another field gives
                    raise refusal("fields")
                code.append(" ")
            self.fields.append([])
        elif self.fields:
            self._check_last()
            self.fields[-1] = None
            if kind == "end":
                self.fields.pop()

    def _check_last(self) -> None:
        if code := self.fields[-1]:
            _check_field("".join(code))

    def _close_all(self) -> None:
        while self.fields:
            self._check_last()
            self.fields.pop()


def _check_field(code: str) -> None:
    name = _FIELD_NAME.match(code)
    if code and (not name or name[1].upper() not in _FIELDS or _SHARE.search(code)):
        raise refusal("fields")


def _is_elsewhere(attrs: Attributes) -> bool:
    places = _values(attrs, "src") + _values(attrs, "href")
    return any(":" in place or place.startswith(("//", "\\\\")) for place in places)


def _values(attrs: Attributes, local: str) -> list[str]:
    """Return the values of all attributes of that name, whatever their namespace."""
    return [value for (_, name), value in attrs.items() if name == local]
