"""What the report on a document says, in words: rows of (label, value)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from accounts.login.devices import describe
from signing.enums import Role
from signing.marks import handwriting
from signing.marks.handwriting import Typed
from signing.models import Certificate, Document, Signature

NOTES = (
    "1. 哈希为 SHA-256。文件改动任何一个字节，哈希就会不同；用任何工具重新计算，都可以与本报告核对。",
    "2. 每次签署都在原文件之后追加一版，前一版的内容一个字节也不改变；后一版记录前一版的哈希，前后相连。",
    "3. 签名为平台签名（PAdES），证书由本系统的证书机构签发，不是第三方电子认证机构签发的签名。"
    "级别 B-B 的时间来自本系统的服务器；级别 B-T 的时间由时间戳机构证明。",
    "4. 本报告由平台证书签名，可以在核验页面上传本报告核验。手机号、证件号码等个人信息已隐去或没有列出。",
)


_NOT_KEPT = "签署时系统还没有留存这一项"


def moment(value: datetime | None) -> str:
    """Return a time with its offset, e.g. 2026-11-24 12:12:16 UTC+08:00."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S} UTC+08:00" if value else ""


def grouped(code: str) -> str:
    """Return a check code in groups of four, as it is printed."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def of_document(document: Document) -> list[tuple[str, str]]:
    void = f"自 {moment(document.void_since)} 起作废：{document.void_reason}"
    return [
        ("文件名称", document.title),
        ("文件编号", str(document.pk)),
        ("签发", f"{moment(document.created_at)}　{_issuer(document)}"),
        ("原始文件哈希", document.original_sha256),
        ("当前版本", f"第 {document.current.number} 版　{_progress(document)}"),
        *([("效力", void)] if document.void_since else []),
    ]


def _progress(document: Document) -> str:
    missing = document.fields.filter(signature=None).count()
    return f"还有 {missing} 方未签署" if missing else "各方均已签署"


def _issuer(document: Document) -> str:
    return f"由{document.created_by.get_role_display()}签发" if document.created_by else "由系统签发"


def of_revisions(document: Document) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield (heading, rows) per revision, the frozen one first."""
    revisions = document.revisions.select_related("signature__field", "signature__enterprise", "signature__seal")
    for revision in revisions.order_by("number"):
        rows = [("文件哈希", revision.sha256)]
        if revision.number:
            rows.append(("上一版哈希", revision.previous_sha256))
        rows.append(("文件大小", f"{revision.size:,} 字节"))
        signature = getattr(revision, "signature", None)
        if signature is None:
            yield f"第 {revision.number} 版：签署前的定稿", [*rows, ("生成时间", moment(revision.created_at))]
        else:
            role = signature.field.get_role_display()
            yield f"第 {revision.number} 版：{role}签署", [*rows, *_of_signature(signature)]


def _of_signature(signature: Signature) -> Iterator[tuple[str, str]]:
    whom = f"{signature.person}（代表 {signature.party}）" if signature.party else signature.person
    yield "签署人", whom if signature.signer_name else f"{whom}；{_NOT_KEPT}，以上是账号现在的名称"
    yield "手机号", signature.signer_phone or _NOT_KEPT
    yield "身份核验", signature.signer_identity or _NOT_KEPT
    yield "签署时间", moment(signature.signed_at)
    yield "短信确认", _confirmation(signature)
    yield "签署方式", _manner(signature)
    if signature.field.role == Role.SUPPLIER:  # whoever signs for it is its staff, whatever they are today
        yield "网络与设备", "供电企业工作人员的网络地址和浏览器由平台留存，不列入本报告"
    else:
        yield "网络与设备", "　".join(filter(None, (signature.ip, describe(signature.user_agent))))
        if signature.user_agent:
            yield "浏览器标识", signature.user_agent
    yield "签名级别", f"PAdES {signature.get_level_display()}"
    yield "时间戳", moment(signature.timestamp_at) or "没有使用时间戳机构"
    yield "证书", _certificate(signature)


def _confirmation(signature: Signature) -> str:
    if not signature.confirmed_at:
        return "没有要求短信确认"
    return f"{moment(signature.confirmed_at)}，验证码发往 {signature.confirmed_phone}"


def _manner(signature: Signature) -> str:
    parts = []
    if signature.seal:
        seal = signature.seal
        number = f"，编码 {seal.number}" if seal.number else ""
        parts.append(f"印章：{seal.text} {seal.get_kind_display()}{number}（图样哈希 {seal.sha256}）")
    if signature.ink:
        hand = handwriting.load(signature.ink)
        parts.append(f"键入姓名：{hand.name}" if isinstance(hand, Typed) else f"手写签名，{len(hand.strokes)} 笔")
    return "；".join(parts)


def _certificate(signature: Signature) -> str:
    words = f"序列号 {signature.certificate_serial}，由办电 E 助手平台签名根证书签发"
    row = Certificate.objects.filter(serial=signature.certificate_serial).first()
    if row is None:
        return words
    words += f"；有效期 {timezone.localdate(row.not_before)} 至 {timezone.localdate(row.not_after)}"
    return words + (f"；已于 {moment(row.revoked_at)} 吊销" if row.revoked_at else "")
