"""What the room's script asks for: what is new, older lines, a mark for what was read."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import UserRequest
from bandian.web.posting import by_itself
from chat.forms.chat_forms import HistoryForm, ReadForm, SyncForm
from chat.messaging import history, serializers, throttle
from chat.rooms import membership
from chat.views.access import checked, entered, handle_errors, wants_json


@require_safe
@handle_errors
def sync(request: UserRequest, pk: UUID) -> HttpResponse:
    access = entered(request, pk)
    throttle.check(throttle.SYNC, request.user)
    asked = checked(SyncForm(request.GET))
    return JsonResponse(history.sync(access, after=asked["after"]))


@require_safe
@handle_errors
def page(request: UserRequest, pk: UUID) -> HttpResponse:
    """One page of lines: ?before=, ?after= or ?around= a number."""
    access = entered(request, pk)
    throttle.check(throttle.HISTORY, request.user)
    found = history.page(access, **checked(HistoryForm(request.GET)))
    lines = [serializers.message(row) for row in found.messages]
    return JsonResponse({"messages": lines, "has_older": found.has_older, "has_newer": found.has_newer})


@by_itself("POST")
@require_POST
@handle_errors
def read(request: UserRequest, pk: UUID) -> HttpResponse:
    access = entered(request, pk)
    member = access.check_member()
    asked = checked(ReadForm(request.POST))
    membership.mark_read(member, asked["seq"])
    if not wants_json(request):  # the plain form
        return redirect(f"{access.room.get_absolute_url()}#end")
    return JsonResponse({"read": member.last_read_seq})
