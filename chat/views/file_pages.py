"""Files of a room: sent one by one, opened only by those who may read the line that brought them."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import UserRequest
from chat.exceptions import ChatError
from chat.forms.chat_forms import FileForm
from chat.messaging import attachments, history, posting, throttle
from chat.messaging.posting import Draft
from chat.models import Attachment
from chat.views.access import entered, error_response, handle_errors, wants_json
from chat.views.room_pages import page, sent
from files.serving import send

# Browsers show these in the page; everything else is only ever saved.
_SHOWN = ("image/jpeg", "image/png", "application/pdf")


@require_POST
@handle_errors
def upload(request: UserRequest, pk: UUID) -> HttpResponse:
    """Take one file as a message."""
    access = entered(request, pk)
    try:
        throttle.check(throttle.FILES, request.user)
        access.check_may_post()  # before the work of checking a file
        data = FileForm(request.POST, request.FILES).checked()
        attachments.check_volume(request.user, data["file"])
        draft = Draft(data["uuid"], file=attachments.take(data["file"]))
        message, is_new = posting.post(access.room, draft, by=request.user)
    except ChatError as error:
        return error_response(error) if wants_json(request) else page(request, access, error=error)
    if wants_json(request):
        return sent(message, is_new)
    return redirect(f"{access.room.get_absolute_url()}#end")


@require_safe
@handle_errors
def file(request: UserRequest, pk: UUID, attachment: UUID) -> HttpResponseBase:
    found = _attachment(request, pk, attachment)
    return send(request, found, found.content_type, found.download_name, download=found.content_type not in _SHOWN)


@require_safe
@handle_errors
def download(request: UserRequest, pk: UUID, attachment: UUID) -> HttpResponseBase:
    found = _attachment(request, pk, attachment)
    return send(request, found, found.content_type, found.download_name, download=True)


@require_safe
@handle_errors
def thumb(request: UserRequest, pk: UUID, attachment: UUID) -> HttpResponseBase:
    found = _attachment(request, pk, attachment)
    if not found.thumb:
        raise Http404
    found.file, found.sha256 = found.thumb, f"{found.sha256}-thumb"
    return send(request, found, "image/jpeg", found.download_name)


def _attachment(request: UserRequest, pk: UUID, attachment: UUID) -> Attachment:
    """Return a file whose line the user may read; what was recalled is not there."""
    return history.file(entered(request, pk), attachment)
