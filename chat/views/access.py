"""How every page comes by its room, and how it says no: to the page's script as JSON, to people in words."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render

from accounts.requests import UserRequest
from chat.exceptions import ChatError, NotFound
from chat.models import Room
from chat.rights import Access
from workorders.trace.access_log import record_read


def entered(request: UserRequest, pk: UUID) -> Access:
    """Return the user in a room they may read; a stranger gets the same 404 as for a room that is not there.

    That staff look in from outside is a line of the order's trace, once a day.
    """
    rooms = Room.objects.visible_to(request.user).select_related("order__application", "order__service_area")
    room = get_object_or_404(rooms, pk=pk)
    access = Access(room, request.user)
    if access.membership is None:
        record_read(room.order, room, by=request.user)
    return access


def wants_json(request: UserRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def handle_errors(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Make a view whose ChatError is answered in words, to the script as JSON, and whose NotFound is a 404."""

    @wraps(view)
    def guarded(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error
        except ChatError as error:
            return error_response(error) if wants_json(request) else error_page(request, error)

    return guarded


def error_page(request: UserRequest, error: ChatError) -> HttpResponse:
    return render(request, "chat/error.html", {"message": error.message}, status=error.status)


def error_response(error: ChatError) -> JsonResponse:
    told = {"code": error.code, "message": error.message, "wait": error.wait}
    response = JsonResponse({"error": told}, status=error.status)
    if error.wait:
        response["Retry-After"] = error.wait
    return response


def checked(form: Form) -> dict:
    """Return what a form of the page's script holds; raises ChatError where it does not fit."""
    if form.is_valid():
        return form.cleaned_data
    raise ChatError("invalid", "请求不完整，请刷新页面后重试。")
