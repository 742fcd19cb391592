"""Taking a line back, and what a supervisor still reads of it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from bandian.web.posting import posted
from chat.exceptions import ChatError
from chat.forms.chat_forms import OriginalForm, RecallForm
from chat.messaging import history, recalling, serializers
from chat.views.access import entered, error_response, handle_errors, wants_json


@require_http_methods(["GET", "POST"])
@handle_errors
def recall(request: UserRequest, pk: UUID, message: UUID) -> HttpResponse:
    """Ask whether to take a line back, a manager also why; then do it."""
    access = entered(request, pk)
    row = history.one(access, message)
    recalling.check_may_ask(row, access)
    form = RecallForm(posted(request))
    if form.is_valid():
        try:
            row = recalling.recall(row, by=request.user, reason=form.cleaned_data["reason"])
        except ChatError as error:
            if wants_json(request):
                return error_response(error)
            form.add_error(None, error.message)
        else:
            if wants_json(request):
                return JsonResponse({"message": serializers.message(row)})
            messages.success(request, "消息已撤回。")
            return redirect(f"{access.room.get_absolute_url()}?around={row.seq}#m{row.seq}")
    needs_reason = access.is_manager and not recalling.may_recall(row, access, "")
    context = {"room": access.room, "form": form, "line": serializers.message(row), "needs_reason": needs_reason}
    return render(request, "chat/recall.html", context)


@require_http_methods(["GET", "POST"])
@handle_errors
def original(request: UserRequest, pk: UUID, message: UUID) -> HttpResponse:
    """Show a supervisor what was taken back, for a reason that goes on record."""
    access = entered(request, pk)
    row = history.one(access, message)
    if not (request.user.is_supervisor and row.is_recalled):
        raise PermissionDenied
    form, shown = OriginalForm(posted(request)), None
    if form.is_valid():
        shown = recalling.read_recalled(row, by=request.user, reason=form.cleaned_data["reason"])
    context = {"room": access.room, "form": form, "line": serializers.message(row), "shown": shown}
    return render(request, "chat/original.html", context)
