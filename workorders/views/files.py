"""Files of an order: preview page by page, download, every version; each reading checks the right anew."""

from pathlib import PurePath

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from signing import previews
from signing.models import Document
from workorders.models import Attachment
from workorders.views.access import visible_order


def order_document(order, pk):
    """Return a document that belongs to the order: an issued paper, or a form the customer signed."""
    ours = Document.objects.filter(paper__order=order) | Document.objects.filter(submission__order=order)
    return get_object_or_404(ours.distinct(), pk=pk)


@require_safe
def document(request, pk, document):
    order = visible_order(request, pk)
    found = order_document(order, document)
    context = {"order": order, "document": found, "pages": page_urls(order, found)}
    context["revisions"] = found.revisions.select_related("signature__signer").order_by("-number")
    return render(request, "workorders/document.html", context)


@require_safe
def document_download(request, pk, document, number=None):
    """Send the file as it is now, or an earlier version of it."""
    found = order_document(visible_order(request, pk), document)
    revision = found.current if number is None else get_object_or_404(found.revisions, number=number)
    return _send(revision.file, "application/pdf", f"{found.title}.pdf", download=True)


@require_safe
def document_page(request, pk, document, page):
    found = order_document(visible_order(request, pk), document)
    return _page_image(found.current, page)


@require_safe
def attachment(request, pk, attachment):
    order = visible_order(request, pk)
    found = _attachment(order, attachment)
    pages = [
        reverse("workorders:attachment_page", args=[order.pk, found.pk, number]) for number in range(1, found.pages + 1)
    ]
    return render(request, "workorders/attachment.html", {"order": order, "attachment": found, "pages": pages})


@require_safe
def attachment_download(request, pk, attachment):
    found = _attachment(visible_order(request, pk), attachment)
    return _send(found.file, found.content_type, found.original_name, download=True)


@require_safe
def attachment_page(request, pk, attachment, page):
    """Send an image itself, a page of a PDF as an image."""
    found = _attachment(visible_order(request, pk), attachment)
    if not found.is_pdf:
        return _send(found.file, found.content_type, found.original_name)
    return _page_image(found, page)


def page_urls(order, document):
    """Return the addresses of the page images of a document as it is now."""
    with document.current.file.open() as file:
        count = previews.page_count(file.read())
    # The hash makes the browser fetch the pages anew once the document was signed.
    version = document.current.sha256[:8]
    return [
        f"{reverse('workorders:document_page', args=[order.pk, document.pk, number])}?v={version}"
        for number in range(1, count + 1)
    ]


def _attachment(order, pk):
    files = Attachment.objects.filter(submission__order=order).select_related("submission", "uploaded_by")
    return get_object_or_404(files, pk=pk)


def _page_image(stored, page):
    try:
        image = previews.render_page(stored.file, page - 1, 1200, sha256=stored.sha256)
    except IndexError as error:
        raise Http404 from error
    response = HttpResponse(image, content_type="image/png")
    response["Cache-Control"] = "private, max-age=600"
    return response


def _send(file, content_type, name, *, download=False):
    response = FileResponse(
        file.open(), content_type=content_type, as_attachment=download, filename=PurePath(name).name
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
