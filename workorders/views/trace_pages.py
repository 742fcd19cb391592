"""工作痕迹溯源: the trace as a page, as PDF and as JSON to check, and the dossier with everything."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import UserRequest
from bandian.web import pools
from bandian.web.streaming import Pieces, streamed
from workorders.dossier import contents
from workorders.enums import State
from workorders.models import WorkOrder
from workorders.trace import access_log, chain, copies, timeline
from workorders.views.access import whole_order


@require_safe
def trace(request: UserRequest, pk: UUID) -> HttpResponse:
    """Show the public lines, the latest first, and whether the chain holds."""
    order = _order(request, pk)
    events = order.events.filter(is_public=True).select_related("by")
    hashes = copies.hashes(order.events.order_by("number"), whole=False)
    context = {
        "order": order,
        "entries": timeline.entries(order, events, hashes)[::-1],
        "count": order.event_count,
        "head": {"number": order.event_count, "hash": hashes[order.event_count]} if hashes else None,
        "broken": chain.check(order),
    }
    return render(request, "workorders/trace.html", context)


@require_safe
def trace_json(request: UserRequest, pk: UUID) -> HttpResponse:
    order = _order(request, pk)
    data = contents.trace_json(order, whole=request.user.is_staff)
    return _download(data, "application/json", f"工作痕迹-{order}.json")


@require_POST
def trace_pdf(request: UserRequest, pk: UUID) -> HttpResponse:
    """Make the PDF and sign it, which may need the platform's first certificate: so no GET."""
    order = _order(request, pk)
    with pools.charged():
        data = contents.trace_pdf(order, whole=request.user.is_staff)
    return _download(data, "application/pdf", f"工作痕迹-{order}.pdf")


@require_POST
def export_dossier(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Make the dossier and send it at once: there is no link that others could follow later."""
    order = _order(request, pk)
    access_log.record_dossier(order, by=request.user)
    with pools.charged():
        whole = contents.make(order, whole=request.user.is_staff)
    response = streamed(request, Pieces(whole), "application/zip")
    response["Content-Disposition"] = content_disposition_header(True, contents.name(order))
    return response


def _order(request: UserRequest, pk: UUID) -> WorkOrder:
    order = whole_order(request, pk)
    if order.state == State.DRAFT:
        raise Http404
    return order


def _download(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
