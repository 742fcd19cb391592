"""Names what the incremental updates after a signature brought into a PDF."""

from pyhanko.pdf_utils.reader import PdfFileReader

_ANNOTATION, _FIELD, _PAGE, _PAGES = "批注", "表单域或签名域", "页面内容", "页面的增减或次序"
_SIGNATURE, _OTHER = "新的签名", "其他内容"
# Entries of a page that say nothing of what it shows by itself.
_BESIDES = {"/Annots", "/LastModified", "/StructParents", "/Tabs"}


def added(reader: PdfFileReader, since: int) -> list[str]:
    """Return the kinds of things, in words, that revisions after `since` (of a pyHanko reader) added or changed."""
    before = reader.get_historical_resolver(since)
    found = set()
    for revision in range(since + 1, reader.xrefs.total_revisions):
        now = reader.get_historical_resolver(revision)
        for reference in reader.xrefs.explicit_refs_in_revision(revision):
            found.add(_kind(_object(now, reference), _object(before, reference)))
    order = [_PAGE, _PAGES, _ANNOTATION, _FIELD, _SIGNATURE]
    return [word for word in order if word in found] or [_OTHER]


def _object(resolver, reference):
    try:
        return resolver.get_object(reference)
    except Exception:  # e.g. it was not there yet; the library has no one error for it
        return None


def _kind(thing, before):
    if not hasattr(thing, "raw_get"):
        return None
    kind, subtype = thing.get("/Type"), thing.get("/Subtype")
    if kind == "/Page":
        return None if before is not None and _shown(thing) == _shown(before) else _PAGE
    if kind == "/Pages":
        return _PAGES
    if kind == "/Sig" or "/ByteRange" in thing:
        return _SIGNATURE
    if subtype == "/Widget" or "/FT" in thing:
        return _FIELD
    if "/Rect" in thing and subtype:
        return _ANNOTATION
    return _PAGE if hasattr(thing, "data") and before is not None else None


def _shown(page):
    return {key: page.raw_get(key) for key in page if key not in _BESIDES}
