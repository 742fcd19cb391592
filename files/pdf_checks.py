"""PDFs from strangers: really opened, measured, and refused with the cause and the remedy.

For the sandbox: what is here runs in its throw-away processes, save `check_bytes` and `refusal`.
"""

import asyncio
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
import pypdfium2
from django.conf import settings
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

MAX_PAGES = 2000
# Points. The upper is the format's own limit, 200 inches; A0 is 2384 × 3370.
MAX_SIDE = 14_400
MIN_SIDE = 1
# What may stand behind the end of a file.
BLANK = b"\0\t\n\f\r "

_FOREIGN_LOCK = re.compile(rb"/Filter\s*/(Adobe\.PubSec|Entrust\.PPKEF|EBX_HANDLER|FOPN_\w+)")

_REFUSALS = {
    "empty": "文件为空，请检查后重新选择。",
    "not_pdf": "这不是 PDF 文件，请先另存为 PDF 再上传。",
    "password": "文件有密码保护，请去除密码后重新上传。",
    "locked_signed": "文件已加密，又含数字签名，系统无法核对。请上传未加密的原件，或打印为普通 PDF 后上传。",
    "certificate": "文件用数字证书加密，只有指定的人能打开。请由能打开它的人另存或打印为普通 PDF 后上传。",
    "damaged": "文件已损坏，无法打开。请重新导出为 PDF 后上传。",
    "incomplete": "文件不完整，页面里有内容缺失，可能没有下载完。请重新下载或导出后上传。",
    "no_pages": "文件里没有页面，请重新导出为 PDF 后上传。",
    "pages": f"文件超过 {MAX_PAGES} 页，请拆分后上传。",
    "page_size": "文件的页面尺寸异常，请按正常纸张大小重新导出为 PDF 后上传。",
    "xfa": "这是 XFA 动态表单，大多数阅读器不能显示。请用 Adobe Acrobat 打印为普通 PDF 后上传。",
    "certified": "文件已由作者认证并锁定，不允许再改动。请上传认证之前的原始文件。",
    "signed": "文件已含数字签名，再次处理会使签名失效。请上传签名之前的原始文件。",
}


def refusal(code: str) -> ValidationError:
    return ValidationError(_REFUSALS[code], code=code)


def check_bytes(data: bytes) -> None:
    """Refuse what need not be opened: nothing, no PDF, too much."""
    if not data:
        raise refusal("empty")
    if b"%PDF-" not in data[:1024]:
        raise refusal("not_pdf")
    if len(data) > settings.PDF_MAX_BYTES:
        limit = settings.PDF_MAX_BYTES // 1024 // 1024
        raise ValidationError(f"PDF 文件超过 {limit} MB 的上限，请压缩后重新上传。", code="too_large")


@contextmanager
def opened(data: bytes) -> Iterator[pikepdf.Pdf]:
    """Open a PDF for the block; what the parser finds wrong, then or later, becomes a ValidationError."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        raise refusal("password") from error
    except pikepdf.PdfError as error:
        raise refusal("certificate" if _FOREIGN_LOCK.search(data) else "damaged") from error


def check_pages(pdf: pikepdf.Pdf) -> int:
    """Return the number of pages after the tests that every PDF must pass."""
    if pdf.Root.get("/NeedsRendering", False) and "/XFA" in pdf.Root.get("/AcroForm", {}):
        raise refusal("xfa")
    pages = len(pdf.pages)
    if not pages:
        raise refusal("no_pages")
    if pages > MAX_PAGES:
        raise refusal("pages")
    return pages


def check_display(data: bytes, pages: int) -> None:
    """Refuse what the engine of the page images cannot open or would draw at an absurd size."""
    try:
        with pypdfium2.PdfDocument(data) as document:
            if len(document) != pages:
                raise refusal("damaged")
            for index in range(pages):
                if not MIN_SIDE <= min(size := document.get_page_size(index)) <= max(size) <= MAX_SIDE:
                    raise refusal("page_size")
    except pypdfium2.PdfiumError as error:
        raise refusal("damaged") from error


def signature_fields(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Give the fields of the form that hold a digital signature, or what claims to be one."""
    fields, seen = list(pdf.Root.get("/AcroForm", Dictionary()).get("/Fields", Array())), set()
    while fields:
        field = fields.pop()
        if not isinstance(field, pikepdf.Dictionary) or field.objgen in seen:
            continue
        if field.is_indirect:
            seen.add(field.objgen)
        value = field.get("/V")
        if isinstance(value, pikepdf.Dictionary) and ("/ByteRange" in value or field.get("/FT") == pikepdf.Name.Sig):
            yield field
        fields.extend(field.get("/Kids", []))


def is_whole_since_signing(data: bytes) -> bool:
    """Whether a PDF is, to its last byte, what one of its signatures covers; whoever signed it.

    What proves a signature later (certificates, their state) may stand behind it. A signature by methods that pyHanko
    does not know, such as SM2, counts for none.
    """
    unknown = ValidationContext(trust_roots=[], allow_fetching=False)
    size = len(data.rstrip(BLANK))
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        return any(_is_whole(signature, size, unknown) for signature in reader.embedded_regular_signatures)
    except Exception:  # whatever a stranger's bytes make the library raise
        return False


def _is_whole(signature: EmbeddedPdfSignature, size: int, unknown: ValidationContext) -> bool:
    status = asyncio.run(async_validate_pdf_signature(signature, unknown))
    _, _, start, length = signature.byte_range
    is_last = start + length >= size
    level = status.modification_level or ModificationLevel.NONE
    is_only_proven = (
        status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION and level <= ModificationLevel.LTA_UPDATES
    )
    return bool(status.intact and status.valid and status.coverage and (is_last or is_only_proven))
