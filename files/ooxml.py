"""Looks through Office files (Office Open XML): parts of known kinds only, nothing embedded, nothing fetched.

It goes from relation to relation, as Office does, and reads their XML; names of parts and the bytes of tags say little.
Runs in the sandbox.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from files import ooxml_content
from files.ooxml_content import refusal

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
_PICTURES = {"image", "thumbnail", "hdphoto"}
_BINARY = {*_PICTURES, "font", "printerSettings"}
# PNG, JPEG, GIF, BMP, TIFF, JPEG XR, WMF, EMF: no SVG, which runs scripts and fetches.
_PICTURE_STARTS = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"II\xbc", b"\xd7\xcd\xc6\x9a", b"\1\0\t\0",
    b"\1\0\0\0",
)  # fmt: skip
_MACROS = re.compile(r"vba|macro|control|activex|customui|extensibility|keymap", re.IGNORECASE)
_ACTIVE_TYPE = re.compile(r"vba|macroenabled|activex|oleobject|control", re.IGNORECASE)
# How a compound file, an archive and a program begin: none is a picture, a font or the settings of a printer.
_NO_DRAWING = (b"\xd0\xcf\x11\xe0", b"PK\3\4", b"MZ")
_MOST_BYTES = 1024 * 1024  # of relations, or of the list of types


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


def _types(root: Element) -> dict[str, str]:
    """Return {"/name of a part" or ending: its content type}."""
    return {(node.get("PartName") or node.get("Extension") or "").lower(): node.get("ContentType", "") for node in root}


def _walk(archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> tuple[set[str], set[str]]:
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
            elif name in _BINARY:
                _check_binary(archive, parts[target], is_picture=name in _PICTURES)
    return reached, main


def _relations(
    archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], source: str, reached: set[str]
) -> Iterator[tuple[str, str]]:
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
        elif _leads_out(target):
            raise refusal("remote")
        elif (path_to := _resolved(folder, target)) in parts:
            yield known, path_to


def _leads_out(target: str) -> bool:
    """Whether a target that is said to be a part names a place elsewhere."""
    parts = urlsplit(target)
    return bool(parts.scheme or parts.netloc or "\\" in target)


def _resolved(folder: str, target: str) -> str:
    path = unquote(target.partition("#")[0]).lower()
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")


def _read_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Element:
    """Parse a small part as a whole."""
    with archive.open(entry) as stream:
        content = stream.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise refusal("damaged")
    try:
        return defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise refusal("damaged") from error


def _check_content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    with archive.open(entry) as stream:
        ooxml_content.check(stream)


def _check_binary(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, is_picture: bool) -> None:
    with archive.open(entry) as stream:
        head = stream.read(4)
    if head.startswith(_NO_DRAWING):
        raise refusal("embedded")
    if is_picture and not head.startswith(_PICTURE_STARTS):
        raise refusal("picture")


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]
