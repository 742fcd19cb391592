"""Names what came into a PDF after a signature: by updates of its own kind, or as bytes that merely stand behind it."""

import io
import re
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

_ANNOTATION, _FIELD, _PAGE, _PAGES = "批注", "表单域或签名域", "页面内容", "页面的增减或次序"
_SIGNATURE, _UNREADABLE, _OTHER = "新的签名", "无法辨认的数据", "其他内容"
# Entries of a page that say nothing of what it shows by itself.
_BESIDES = {"/Annots", "/LastModified", "/StructParents", "/Tabs"}
# Streams that no page shows: descriptions, and tables and containers of objects.
_UNSEEN = ("/Metadata", "/XRef", "/ObjStm")
# What viewers look for behind the end of a file: objects, tables of them, a trailer, another file.
_READ_ON = re.compile(rb"obj|xref|trailer|%PDF-")


def is_harmless(tail: bytes) -> bool:
    """Whether bytes behind a file hold nothing that a viewer would read as a part of it."""
    return not _READ_ON.search(tail)


def added(data: bytes, end: int) -> list[str]:
    """Return the kinds of things, in words, that were added or changed behind the first `end` bytes of a PDF.

    Never raises for what the file may hold: what cannot be understood has a name too.
    """
    found = set()
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        since = PdfFileReader(io.BytesIO(data[:end]), strict=False).xrefs.total_revisions - 1
        before = reader.get_historical_resolver(since)
        proofs = _proofs(reader)
        for revision in range(since + 1, reader.xrefs.total_revisions):
            now = reader.get_historical_resolver(revision)
            for reference in reader.xrefs.explicit_refs_in_revision(revision) - proofs:
                found.add(_kind(_dictionary(now, reference), _dictionary(before, reference)))
    except Exception:  # whatever a stranger's bytes make the library raise
        found.add(_UNREADABLE)
    order = [_PAGE, _PAGES, _ANNOTATION, _FIELD, _SIGNATURE, _UNREADABLE]
    return [word for word in order if word in found] or [_OTHER]


def _proofs(reader: PdfFileReader) -> set[generic.Reference]:
    """Return the references to what proves signatures later: certificates, and their state."""
    found: set[generic.Reference] = set()
    waiting: list[Any] = [reader.root.get("/DSS")]
    while waiting:
        node = waiting.pop()
        if isinstance(node, generic.DictionaryObject):
            values = list(node.values())
        else:
            values = list(node) if isinstance(node, generic.ArrayObject) else []
        for value in values:
            if isinstance(value, generic.IndirectObject) and value.reference not in found:
                found.add(value.reference)
                waiting.append(value.get_object())
            elif not isinstance(value, generic.IndirectObject):
                waiting.append(value)
    return found


def _dictionary(resolver: HistoricalResolver, reference: generic.Reference) -> generic.DictionaryObject | None:
    """Return a dictionary or a stream; None where there was none yet, or something else."""
    try:
        thing = resolver.get_object(reference)
    except Exception:  # e.g. it was not there yet; the library has no one error for it
        return None
    return thing if isinstance(thing, generic.DictionaryObject) else None


def _kind(thing: generic.DictionaryObject | None, before: generic.DictionaryObject | None) -> str | None:
    if thing is None:
        return None
    kind, subtype = thing.get("/Type"), thing.get("/Subtype")
    if kind == "/Page":
        return None if before is not None and _shown(thing) == _shown(before) else _PAGE
    if kind in _UNSEEN:
        return None
    if kind == "/Pages":
        return _PAGES
    if kind == "/Sig" or "/ByteRange" in thing:
        return _SIGNATURE
    if subtype == "/Widget" or "/FT" in thing:
        return _FIELD
    if "/Rect" in thing and subtype:
        return _ANNOTATION
    return _PAGE if isinstance(thing, generic.StreamObject) and before is not None else None


def _shown(page: generic.DictionaryObject) -> dict[str, Any]:
    return {key: page.raw_get(key) for key in page if key not in _BESIDES}
