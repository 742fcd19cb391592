"""How every page comes by its order, and takes a step with what a form gathered."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.requests import UserRequest
from signing.enums import Role
from signing.models import Document
from signing.services import AlreadySigned
from workorders.contract.idempotency import first_signature
from workorders.inputs import Client, Given
from workorders.journey import flow
from workorders.locks import locked
from workorders.models import WorkOrder
from workorders.rights import is_onlooker

logger = logging.getLogger(__name__)


def visible_order(request: UserRequest, pk: UUID) -> WorkOrder:
    """Return an order whose progress the user may see; a stranger gets a 404, as for an order that is not there."""
    orders = WorkOrder.objects.visible_to(request.user)
    return get_object_or_404(orders.select_related("application", "customer", "manager__card", "service_area"), pk=pk)


def whole_order(request: UserRequest, pk: UUID) -> WorkOrder:
    """Return an order that the user may read with all its papers; PermissionDenied where its progress is all."""
    order = visible_order(request, pk)
    if is_onlooker(order, request.user):
        raise PermissionDenied
    return order


def own_order(request: UserRequest, pk: UUID, *step_names: str) -> WorkOrder:
    """Return the customer's own order in a state that allows one of the steps.

    Raises PermissionDenied for all others who see it, Conflict where the order has moved on.
    """
    order = visible_order(request, pk)
    if order.customer_id != request.user.pk:
        raise PermissionDenied
    if step_names and not order.is_due(*step_names):
        raise flow.Conflict(order)
    return order


def held(request: UserRequest, order: WorkOrder, *step_names: str) -> AbstractContextManager[WorkOrder]:
    """Return the block in which a page writes what belongs to an order: with `locked` for a POST, which raises
    Conflict where the order has moved on; a GET only reads.
    """
    return locked(order, *step_names) if request.method == "POST" else nullcontext(order)


def advance_or_show(request: UserRequest, order: WorkOrder, name: str, form: BaseForm, given: Given) -> bool:
    """Take a step with what a valid form gave; True when it was taken, else the reasons stand on the form."""
    try:
        flow.advance(order, name, given, by=request.user, seen=seen(request))
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


def idempotent(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a signature page that answers a repetition of what this person signed already like the first time."""

    @wraps(view)
    def guarded(request: UserRequest, pk: UUID, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, pk, **kwargs)
        except (flow.Conflict, AlreadySigned):
            first = first_signature(own_order(request, pk), by=request.user, sha256=request.POST.get("sha256", ""))
            if first is None:
                raise
            messages.success(request, f"《{first.field.document.title}》已{first.act}。")
            return redirect("workorders:records")

    return guarded


def warn_of_forgery(request: UserRequest, document: Document, **own: object) -> None:
    """Log posted facts that contradict what the server knows of the signature; they are never used."""
    if not request.POST:
        return
    field = document.fields.get(role=Role.CUSTOMER)
    known = {"document": document.pk, "role": Role.CUSTOMER, "signer": request.user.pk, "page": field.page}
    known |= {"field": field.name, "position": field.box, **own}
    for name in sorted(known.keys() & request.POST.keys()):
        if request.POST[name] != str(known[name]):
            logger.warning(
                "forged %s=%.80r from user %s for document %s", name, request.POST[name], request.user.pk, document.pk
            )


def seen(request: HttpRequest) -> int:
    """Return the number of events the page showed; -1, which fits no order, where it is missing."""
    value = request.POST.get("seen", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1


def client_of(request: UserRequest) -> Client:
    """Return what is kept of the browser that a signature was made in."""
    return Client(ip=request.META.get("REMOTE_ADDR", ""), user_agent=request.headers.get("User-Agent", "")[:300])
