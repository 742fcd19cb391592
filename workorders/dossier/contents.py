"""The dossier (卷宗): all that belongs to an order in one ZIP, whose list of contents the platform has signed.

Whoever holds it checks it without this site: `manifest.json` names every file with its SHA-256, `manifest.p7s` is the
platform's signature over that list, `sha256.txt` has the same hashes for `sha256sum`, and the papers, the evidence and
the trace are signed or chained by themselves.
"""

import json
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import urlsplit

from asn1crypto import pem
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from signing.evidence import report
from signing.models import Document
from signing.pki import detached, keys
from workorders import hooks
from workorders.dossier.archive import Archive
from workorders.models import WorkOrder
from workorders.papers import answers, declaration, trace_paper
from workorders.trace import export


def name(order: WorkOrder) -> str:
    return f"卷宗-{order}-{timezone.localdate():%Y%m%d}.zip"


def make(order: WorkOrder, *, whole: bool) -> IO[bytes]:
    """Return the ZIP as a file on disk that is gone once closed; `whole` takes in the trace's internal lines."""
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    try:
        _write(order, file, whole)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write(order: WorkOrder, stream: IO[bytes], whole: bool) -> None:
    with Archive(stream) as archive:
        _add_application(archive, order)
        _add_papers(archive, order)
        _add_submissions(archive, order)
        _add_trace(archive, order, whole)
        _add_from_hooks(archive, order)
        archive.add("root.crt", pem.armor("CERTIFICATE", keys.trust_root().dump()), "平台签名根证书（PEM）")
        archive.add("root.crl", keys.revocation_list(), "证书吊销列表（DER）")
        archive.add("核验说明.html", _guide(order, archive).encode(), "核验方法")
        archive.add("sha256.txt", _sums(archive), "各文件的 SHA-256，供 sha256sum -c 核对")
        manifest = _manifest(order, archive)
        archive.add("manifest.json", manifest, "卷宗清单")
        archive.add("manifest.p7s", detached.sign(manifest), "平台对卷宗清单的签名")


def _add_application(archive: Archive, order: WorkOrder) -> None:
    sections = answers.sections(order.application)
    told = {title: {label: value for label, value, _ in rows} for title, rows in sections}
    archive.add("申请/用电申请.json", _json(told), "用电申请登记内容")
    archive.add("申请/用电申请.pdf", declaration.make(order), "用电申请登记内容")


def _add_papers(archive: Archive, order: WorkOrder) -> None:
    papers = order.papers.select_related("document").prefetch_related("document__revisions")
    for number, paper in enumerate(papers.order_by("issued_at"), 1):
        _add_document(archive, paper.document, "文书", f"{number:02} {paper}")


def _add_submissions(archive: Archive, order: WorkOrder) -> None:
    rounds = order.submissions.handed_in().select_related("document").prefetch_related("document__revisions")
    for number, submission in enumerate(rounds.prefetch_related("attachments").order_by("submitted_at"), 1):
        folder = f"报送资料/{number:02} {submission}"
        if submission.document:
            _add_document(archive, submission.document, folder, submission.document.title)
        for attachment in submission.attachments.all():
            path = f"{folder}/{attachment.get_kind_display().replace('/', '／')}-{attachment.download_name}"
            archive.add_stored(path, attachment, attachment.get_kind_display())


def _add_document(archive: Archive, document: Document, folder: str, title: str) -> None:
    """Add a document as it is now, with the report on how it came about."""
    archive.add_stored(f"{folder}/{title}.pdf", document.current, document.title, code=document.code)
    archive.add_stored(f"存证报告/{title} 存证报告.pdf", report.of(document), f"《{document.title}》存证报告")


def _add_trace(archive: Archive, order: WorkOrder, whole: bool) -> None:
    archive.add("工作痕迹/工作痕迹.json", trace_json(order, whole=whole), "工作痕迹（可校验）")
    archive.add("工作痕迹/工作痕迹.pdf", trace_pdf(order, whole=whole), "工作痕迹")


def _add_from_hooks(archive: Archive, order: WorkOrder) -> None:
    for path, part, what in hooks.dossier_parts(order):
        if isinstance(part, bytes):
            archive.add(path, part, what)
        else:
            archive.add_stored(path, part, what)


def trace_json(order: WorkOrder, *, whole: bool) -> bytes:
    return _json(export.make(order, whole=whole))


def trace_pdf(order: WorkOrder, *, whole: bool) -> bytes:
    """Return the trace as a PDF with the platform's signature."""
    events = list(order.events.select_related("by").order_by("number"))
    return report.countersigned(trace_paper.make(order, events, whole=whole), reason="工作痕迹")


def _manifest(order: WorkOrder, archive: Archive) -> bytes:
    head = {"format": "bandian-dossier/1", "order": str(order.pk), "order_number": str(order)}
    return _json(head | {"made_at": timezone.now(), "files": archive.entries})


def _sums(archive: Archive) -> bytes:
    """Return the hashes as `sha256sum -c` reads them."""
    return "".join(f"{entry['sha256']}  {entry['path']}\n" for entry in archive.entries if "sha256" in entry).encode()


def _guide(order: WorkOrder, archive: Archive) -> str:
    signed = [entry["path"] for entry in archive.entries if "code" in entry]
    context = {"order": order, "made_at": timezone.now(), "check_url": f"{settings.SITE_URL}/check/"}
    context["site"] = urlsplit(settings.SITE_URL).netloc
    context["crl_url"] = settings.SITE_URL + reverse("pki:crl")
    context["example"] = signed[0] if signed else "工作痕迹/工作痕迹.pdf"
    context["fingerprint"] = keys.trust_root().sha256_fingerprint
    context["lost"] = [entry for entry in archive.entries if "problem" in entry]
    return render_to_string("workorders/dossier_guide.html", context)


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder).encode()
