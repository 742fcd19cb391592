"""PDFs from customers made inert: what runs, launches, sends or hides in them is taken out, and its name is told.

Every copy is written anew, so that nothing stands before, behind or between the objects of the document. Only a file
that is as it was signed keeps its bytes, and must therefore be clean as it is; a signature that does not hold goes.
"""

from collections.abc import Collection
from typing import Any

import pikepdf
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name, Stream

from files import pdf_checks, pdf_repair, sandbox
from files.fonts import supply

_SCRIPT, _LAUNCH, _FILES, _FORM, _MEDIA, _LINKS, _ELSEWHERE = (
    "脚本",
    "启动程序的动作",
    "内嵌文件",
    "提交表单的动作",
    "多媒体",
    "外部链接",
    "指向其他文件的链接",
)
_XFA, _AUTOMATIC, _SIGNATURE = "XFA 表单", "自动执行的动作", "已失效或无法确认的数字签名"

_ACTIONS = {
    Name.JavaScript: _SCRIPT,
    Name.Launch: _LAUNCH,
    Name.GoToE: _FILES,
    Name.SubmitForm: _FORM,
    Name.ImportData: _FORM,
    Name.URI: _LINKS,
    Name.GoToR: _ELSEWHERE,
    Name.Thread: _ELSEWHERE,
    **dict.fromkeys((Name.Sound, Name.Movie, Name.Rendition, Name.RichMediaExecute, Name.GoTo3DView), _MEDIA),
}
_MARKS = {
    **dict.fromkeys((Name.RichMedia, Name.Movie, Name.Sound, Name.Screen, Name("/3D")), _MEDIA),
    Name.FileAttachment: _FILES,
}
_KEYS = {
    "/AA": _AUTOMATIC,
    "/JavaScript": _SCRIPT,
    "/XFA": _XFA,
    **dict.fromkeys(("/EF", "/EmbeddedFiles", "/AF", "/Collection"), _FILES),
    **dict.fromkeys(("/Renditions", "/AlternatePresentations"), _MEDIA),
}
# The addresses that a link may lead to in a file that has to stay as it is.
_WEB = ("http://", "https://", "mailto:")
# Where an action stands that nobody clicks on: when the file opens, after another action, in a list of such.
_UNASKED = ("/OpenAction", "/Next", "")
# Where the index at the end of a ZIP archive may stand: 22 bytes and a comment.
_ZIP_TAIL = 22 + 0xFFFF


def clean(data: bytes) -> tuple[bytes, int, list[str]]:
    """Return the bytes to keep of a PDF, the number of its pages, and the names of what was taken out.

    Raises ValidationError that names the cause: all of `pdf_checks`' except the signature, a font that nobody has, or a
    signature that stands in the way of taking out what has to go.
    """
    pdf_checks.check_bytes(data)
    note, copy = sandbox.run(clean_in_sandbox, data)
    return copy or data, note["pages"], note["removed"]


def clean_in_sandbox(data: bytes) -> tuple[dict[str, Any], bytes]:
    with pdf_checks.opened(data) as pdf:
        pdf_repair.tidy(pdf)
        pages = pdf_checks.check_pages(pdf)
        signatures = list(pdf_checks.signature_fields(pdf))
        if pdf.is_encrypted and signatures:
            raise pdf_checks.refusal("locked_signed")
        if not pdf_repair.is_whole(pdf):
            raise pdf_checks.refusal("incomplete")
        is_as_signed = bool(signatures) and pdf_checks.is_whole_since_signing(data)
        removed = _disarm(pdf)
        if not is_as_signed:
            for field in signatures:
                removed.add(_SIGNATURE)
                if "/V" in field:  # not gone with what acts
                    del field.V
            supply.supply(pdf)
            pdf_repair.rebuild_pages(pdf)
            copy = pdf_repair.saved(pdf)
    if is_as_signed:
        _check_signed(data, removed - {_LINKS})  # a link waits for a click, and may stay
        pdf_checks.check_display(data, pages)
        return {"pages": pages, "removed": []}, b""
    pdf_checks.check_display(copy, pages)
    return {"pages": pages, "removed": sorted(removed)}, copy


def _check_signed(data: bytes, forbidden: Collection[str]) -> None:
    if forbidden:
        what = "、".join(sorted(forbidden))
        message = f"文件已含数字签名，又带有{what}，去除会使签名失效。请出具方重新提供，或打印为普通 PDF 后上传。"
        raise ValidationError(message, code="signed_active")
    before = data[:1024].partition(b"obj")[0]
    behind = data[data.rfind(b"%%EOF") + 5 :].strip(pdf_checks.BLANK)
    if not before.startswith(b"%PDF-") or b"<" in before or behind or b"PK\5\6" in data[-_ZIP_TAIL:]:
        message = "文件已含数字签名，又夹带了其他格式的内容。请出具方重新提供，或打印为普通 PDF 后上传。"
        raise ValidationError(message, code="signed_polyglot")


def _disarm(pdf: pikepdf.Pdf) -> set[str]:
    """Take the dangerous out of every object, reachable or not; return the names of what was found."""
    removed, waiting = set(), [pdf.trailer, *pdf.objects]
    while waiting:
        node = waiting.pop()
        entries: list[tuple[int | str, str, pikepdf.Object]]
        if isinstance(node, Array):
            entries = [(index, "", node[index]) for index in reversed(range(len(node)))]
        elif isinstance(node, (Dictionary, Stream)):
            entries = [(key, key, value) for key, value in node.items()]
        else:
            continue
        for place, key, value in entries:
            if value is None:  # what is nothing does nothing, and could not be deleted
                continue
            if danger := _KEYS.get(key) or _danger(value, key):
                del node[place]
                removed.add(danger)
            elif isinstance(value, (Array, Dictionary)) and not value.is_indirect:
                waiting.append(value)
    return removed


def _name_of(action: Name, value: Dictionary, key: str) -> str:
    """Return the name of a dangerous action that stands under `key`; links differ by where they lead."""
    name = _ACTIONS[action]
    if name in (_LINKS, _ELSEWHERE) and key in _UNASKED:
        return _AUTOMATIC
    if name == _LINKS and not str(value.get("/URI", "")).lower().startswith(_WEB):
        return _ELSEWHERE
    return name


def _danger(value: pikepdf.Object, key: str) -> str | None:
    """Return the name of a dangerous action or mark that stands under `key`; None for anything else."""
    if not isinstance(value, Dictionary):
        return None
    action, mark = value.get("/S"), value.get("/Subtype")
    if isinstance(action, Name) and action in _ACTIONS:
        return _name_of(action, value, key)
    return _MARKS.get(mark) if isinstance(mark, Name) and "/Rect" in value else None
