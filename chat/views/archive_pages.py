"""What was said, found again and taken along: the search, and the transcript."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from bandian.web import pools
from bandian.web.searching import to_results
from chat import transcript
from chat.forms.chat_forms import SearchForm
from chat.messaging import history, serializers, throttle
from chat.views.access import entered, handle_errors


@require_http_methods(["GET", "HEAD", "POST"])
@handle_errors
def search(request: UserRequest, pk: UUID) -> HttpResponse:
    access = entered(request, pk)
    if answer := to_results(request):
        return answer
    form = SearchForm(request.GET if "q" in request.GET else None, whose=request.user.pk)
    found = None
    if form.is_valid():
        throttle.check(throttle.SEARCH, request.user)
        found = [serializers.message(row) for row in history.find(access, form.cleaned_data["q"])]
    context = {"room": access.room, "form": form, "found": found, "most": history.FOUND_MOST}
    return render(request, "chat/search.html", context)


@require_POST
@handle_errors
def export(request: UserRequest, pk: UUID) -> HttpResponse:
    """Send the whole transcript as a PDF with the platform's signature; that is on record."""
    access = entered(request, pk)
    if not access.may_export:
        raise PermissionDenied
    with pools.charged():
        whole = transcript.taken_along(access.room, by=request.user)
    response = HttpResponse(whole, content_type="application/pdf")
    name = f"群聊记录-{access.room.order}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
