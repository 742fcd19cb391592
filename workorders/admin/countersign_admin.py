"""供电企业盖章: the supplier's seal on a contract that the customer has signed, looked at before it is confirmed."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from bandian.web.posting import posted
from files.serving import harden_response
from signing import proposals
from signing.enums import Role
from workorders.admin.desk_pages import back_to, managed_order, page_context
from workorders.contract import countersigning
from workorders.contract.confirming import document_of
from workorders.enums import State
from workorders.forms.contract_forms import CountersignForm
from workorders.journey import flow
from workorders.models import WorkOrder
from workorders.rights import looks_after
from workorders.views.access import client_of


@require_http_methods(["GET", "POST"])
def countersign(request: UserRequest, pk: UUID) -> HttpResponse:
    """Show the signing page with each seal there is; a POST puts one of them on."""
    order = _order(request, pk)
    document, seals = document_of(order), countersigning.seals_for(order)
    form = CountersignForm(posted(request), seals=seals)
    if form.is_valid():
        try:
            countersigning.countersign(order, by=request.user, **form.cleaned_data, client=client_of(request))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return back_to(request, order, "已加盖供电企业印章。")
    if not countersigning.is_due(order):
        raise flow.Conflict(order)
    context = page_context(request, "供电企业盖章", order=order, document=document, seals=seals, form=form)
    return render(request, "admin/workorders/workorder/countersign.html", context)


@require_safe
def picture(request: UserRequest, pk: UUID, seal: UUID) -> HttpResponseBase:
    """Send the signing page with a seal of the supplier's on it, marked as a preview."""
    order = _order(request, pk)
    if not countersigning.is_due(order):
        raise flow.Conflict(order)
    chosen = get_object_or_404(countersigning.seals_for(order), pk=seal)
    now, name = timezone.now(), str(request.user)
    image = proposals.picture_of(document_of(order), role=Role.SUPPLIER, hand=None, seal=chosen, name=name, at=now)
    return harden_response(HttpResponse(image, content_type="image/png"))


def _order(request: UserRequest, pk: UUID) -> WorkOrder:
    order = managed_order(request, pk, may=looks_after)
    if order.state != State.CONTRACT_SIGNED:
        raise flow.Conflict(order)
    return order
