"""What the room's script asks for: what is new, older lines, a mark for what was read."""

from django.http import JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from chat import members, pace, reading, shapes
from chat.forms import HistoryForm, ReadForm, SyncForm
from chat.views.access import checked, entered, refusals, wants_json


@require_safe
@refusals
def sync(request, pk):
    access = entered(request, pk)
    pace.check("sync", request.user, most=40, seconds=10)
    asked = checked(SyncForm(request.GET))
    return JsonResponse(reading.sync(access, after=asked["after"]))


@require_safe
@refusals
def history(request, pk):
    """One page of lines: ?before=, ?after= or ?around= a number."""
    access = entered(request, pk)
    pace.check("history", request.user, most=60, seconds=10)
    page = reading.page(access, **checked(HistoryForm(request.GET)))
    lines = [shapes.message(row) for row in page.messages]
    return JsonResponse({"messages": lines, "has_older": page.has_older, "has_newer": page.has_newer})


@require_POST
@refusals
def read(request, pk):
    access = entered(request, pk)
    access.check_member()
    asked = checked(ReadForm(request.POST))
    members.mark_read(access.membership, asked["seq"])
    if not wants_json(request):  # the plain form
        return redirect(f"{access.room.get_absolute_url()}#end")
    return JsonResponse({"read": access.membership.last_read_seq})
