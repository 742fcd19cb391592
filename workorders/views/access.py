"""How every page comes by its order, and takes a step with what a form gathered."""

from functools import wraps

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404

from workorders import flow
from workorders.models import WorkOrder


def visible_order(request, pk):
    """Return an order the user may see; a stranger gets the same 404 as for an order that is not there."""
    orders = WorkOrder.objects.visible_to(request.user)
    return get_object_or_404(orders.select_related("application", "customer", "manager__card", "service_area"), pk=pk)


def own_order(request, pk, *step_names):
    """Return the customer's own order in a state that allows one of the steps.

    Raises PermissionDenied for one who may only look, Conflict where the order has moved on.
    """
    order = visible_order(request, pk)
    if order.customer_id != request.user.pk:
        raise PermissionDenied
    if step_names and not {step.name for step in order.get_available_state_transitions()} & set(step_names):
        raise flow.Conflict(order)
    return order


def take(request, order, name, form, **data):
    """Take a step with a valid form's data; True when it was taken, else the reasons stand on the form."""
    try:
        flow.advance(order, name, by=request.user, seen=seen(request), **form.cleaned_data, **data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


def seen(request):
    """Return the number of events the page showed; -1, which fits no order, where it is missing."""
    value = request.POST.get("seen", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1


def client(request):
    """Return what the trace of a signature keeps of the browser."""
    return {"ip": request.META.get("REMOTE_ADDR", ""), "user_agent": request.headers.get("User-Agent", "")[:300]}


def customers_only(view):
    """Refuse staff and contacts: only customers file applications."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_customer:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
