"""Files of an order: preview page by page, download, every version; each reading checks the right anew."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import UserRequest
from files import previews
from files.serving import send, send_page
from signing.check import links
from signing.evidence import report
from signing.models import Document
from workorders.enums import PaperKind
from workorders.models import Attachment, Paper, WorkOrder
from workorders.trace.access_log import record_read
from workorders.views.access import whole_order


@require_safe
def document(request: UserRequest, pk: UUID, document: UUID) -> HttpResponse:
    order = whole_order(request, pk)
    found = _document(order, document, request.user)
    context = {"order": order, "document": found, "pages": page_urls(order, found)}
    context["qr"] = links.picture_of(found)
    context["scan"] = order.scan_words if Paper.objects.filter(document=found, kind=PaperKind.CONTRACT) else ""
    context["revisions"] = found.revisions.select_related("signature__signer", "signature__field").order_by("-number")
    return render(request, "workorders/document.html", context)


@require_safe
def document_download(request: UserRequest, pk: UUID, document: UUID, number: int | None = None) -> HttpResponseBase:
    """Send the file as it is now, or an earlier version of it."""
    found = _document(whole_order(request, pk), document, request.user)
    revision = found.current if number is None else get_object_or_404(found.revisions, number=number)
    return send(request, revision, "application/pdf", f"{found.title}.pdf", download=True)


@require_safe
def document_page(request: UserRequest, pk: UUID, document: UUID, page: int) -> HttpResponseBase:
    found = _document(whole_order(request, pk), document, request.user)
    return send_page(found.current, page)


@require_POST
def evidence(request: UserRequest, pk: UUID, document: UUID) -> HttpResponseBase:
    """Send the report on a document as it is now; the first request makes it, so this is no GET."""
    found = _document(whole_order(request, pk), document, request.user)
    return send(request, report.of(found), "application/pdf", f"{found.title}（存证报告）.pdf", download=True)


@require_safe
def attachment(request: UserRequest, pk: UUID, attachment: UUID) -> HttpResponse:
    order = whole_order(request, pk)
    found = _attachment(order, attachment, request.user)
    pages = [
        reverse("workorders:attachment_page", args=[order.pk, found.pk, number]) for number in range(1, found.pages + 1)
    ]
    return render(request, "workorders/attachment.html", {"order": order, "attachment": found, "pages": pages})


@require_safe
def attachment_download(request: UserRequest, pk: UUID, attachment: UUID) -> HttpResponseBase:
    found = _attachment(whole_order(request, pk), attachment, request.user)
    return send(request, found, found.content_type, found.download_name, download=True)


@require_safe
def attachment_page(request: UserRequest, pk: UUID, attachment: UUID, page: int) -> HttpResponseBase:
    """Send an image itself, a page of a PDF as an image."""
    found = _attachment(whole_order(request, pk), attachment, request.user)
    if not found.is_pdf:
        return send(request, found, found.content_type, found.download_name)
    return send_page(found, page)


def page_urls(order: WorkOrder, document: Document) -> list[str]:
    """Return the addresses of the page images of a document as it is now."""
    with document.current.file.open() as file:
        count = previews.page_count(file.read())
    # The hash makes the browser fetch the pages anew once the document was signed.
    version = document.current.sha256[:8]
    return [
        f"{reverse('workorders:document_page', args=[order.pk, document.pk, number])}?v={version}"
        for number in range(1, count + 1)
    ]


def _document(order: WorkOrder, pk: UUID, user: User) -> Document:
    """Return a document that belongs to the order: an issued paper, or a form the customer signed."""
    ours = Document.objects.filter(paper__order=order) | Document.objects.filter(submission__order=order)
    found = get_object_or_404(ours.distinct(), pk=pk)
    record_read(order, found, by=user)
    return found


def _attachment(order: WorkOrder, pk: UUID, user: User) -> Attachment:
    files = Attachment.objects.filter(submission__order=order).select_related("submission", "uploaded_by")
    found = get_object_or_404(files, pk=pk)
    record_read(order, found, by=user)
    return found
