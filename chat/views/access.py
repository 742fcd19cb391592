"""How every page comes by its room, and how it says no: to the page's script as JSON, to people in words."""

from functools import wraps

from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, render

from chat.models import Room
from chat.refusals import NotThere, Refused
from chat.rights import Access
from workorders.trace.access_log import record_read


def entered(request, pk) -> Access:
    """Return the user in a room they may read; a stranger gets the same 404 as for a room that is not there.

    That staff look in from outside is a line of the order's trace, once a day.
    """
    rooms = Room.objects.visible_to(request.user).select_related("order__application", "order__service_area")
    room = get_object_or_404(rooms, pk=pk)
    access = Access(room, request.user)
    if access.membership is None:
        record_read(room.order, room, by=request.user)
    return access


def wants_json(request) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def refusals(view):
    """Make a view whose Refused is answered in words, to the script as JSON, and whose NotThere is a 404."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except NotThere as error:
            raise Http404 from error
        except Refused as refused:
            return refusal(refused) if wants_json(request) else refused_page(request, refused)

    return guarded


def refused_page(request, refused: Refused):
    return render(request, "chat/refused.html", {"words": refused.words}, status=refused.status)


def refusal(refused: Refused) -> JsonResponse:
    error = {"code": refused.code, "message": refused.words, "wait": refused.wait}
    response = JsonResponse({"error": error}, status=refused.status)
    if refused.wait:
        response["Retry-After"] = refused.wait
    return response


def checked(form) -> dict:
    """Return what a form of the page's script holds; raises Refused where it does not fit."""
    if form.is_valid():
        return form.cleaned_data
    raise Refused("invalid", "请求不完整，请刷新页面后重试。")
