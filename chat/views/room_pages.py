"""消息列表: the rooms with the last line and what is unread; and the room itself."""

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import UserRequest
from chat.exceptions import ChatError, NotFound
from chat.forms.chat_forms import HistoryForm, MessageForm
from chat.messaging import history, posting, recalling, serializers
from chat.messaging.posting import Draft
from chat.models import Message, QuickReply
from chat.rights import Access
from chat.rooms import listing, membership
from chat.views.access import entered, error_response, handle_errors, wants_json


@require_safe
def rooms(request: UserRequest) -> HttpResponse:
    rows, after = listing.mine(request.user, request.GET.get("after", ""))
    return render(request, "chat/rooms.html", {"rows": rows, "after": after})


@require_safe
def room(request: UserRequest, pk: UUID) -> HttpResponse:
    return page(request, entered(request, pk))


@require_POST
@handle_errors
def post(request: UserRequest, pk: UUID) -> HttpResponse:
    """Take a message: from the script with JSON as the answer, or from the plain form and back to the page."""
    access, form = entered(request, pk), MessageForm(request.POST)
    try:
        access.check_member()
        data = form.checked()
        draft = Draft(data["uuid"], data["body"], data["reply_to"], data["mentions"])
        message, is_new = posting.post(access.room, draft, by=request.user)
    except ChatError as error:
        return error_response(error) if wants_json(request) else page(request, access, form, error)
    if wants_json(request):
        return sent(message, is_new)
    return redirect(f"{access.room.get_absolute_url()}#end")


@require_POST
@handle_errors
def join(request: UserRequest, pk: UUID) -> HttpResponse:
    """A manager of the order's area comes in."""
    access = entered(request, pk)
    membership.join(access.room, by=request.user)
    return redirect(access.room)


def page(
    request: UserRequest, access: Access, form: MessageForm | None = None, error: ChatError | None = None
) -> HttpResponse:
    """Return the room's page; where something was not done, with the reason and what was typed."""
    form = form or MessageForm(initial={"reply_to": request.GET.get("reply", "")})
    context = {"access": access, "room": access.room, "form": form, "error": error, "back": _back(request)}
    context |= _shown(request, access) | _to_write(request, access, form)
    return render(request, "chat/room.html", context, status=error.status if error else 200)


def _shown(request: UserRequest, access: Access) -> dict[str, Any]:
    """Return the lines with what their marks need: who has read how far, and where the unread begins."""
    asked, me = _asked_for(request, access), request.user.pk.hex
    present = [serializers.member(row) for row in access.room.memberships.entitled().select_related("user")]
    reads = sorted(each["read"] for each in present if each["user"] != me)
    lines = [serializers.for_reader(row, request.user, reads) for row in asked.messages]
    read = access.membership.last_read_seq if access.membership else access.room.last_seq
    return {
        "page": asked,
        "lines": lines,
        "last_shown": lines[-1]["seq"] if lines else 0,
        "pattern": serializers.Pattern(),
        "reads_pattern": serializers.READS,
        "now_ms": int(timezone.now().timestamp() * 1000),
        "recall_seconds": int(recalling.WITHIN.total_seconds()),
        "members": present,
        "me": me,
        "read": read,
        "divider": next((line["seq"] for line in lines if line["seq"] > read), None),
    }


def _to_write(request: UserRequest, access: Access, form: MessageForm) -> dict[str, Any]:
    """Return what the box to write in needs."""
    return {
        "uuid": uuid4(),
        "file_uuid": uuid4(),
        "max_length": Message.MAX_LENGTH,
        "max_bytes": settings.CHAT_FILE_MAX_BYTES,
        "reply": _reply(access, form),
        "quick_replies": QuickReply.objects.filter(owner=request.user) if request.user.is_staff else [],
    }


def _asked_for(request: UserRequest, access: Access) -> history.Page:
    """Return the page of lines that the address names; the newest where it names none."""
    form = HistoryForm(request.GET)
    return history.page(access, **(form.cleaned_data if form.is_valid() else {}))


def _reply(access: Access, form: MessageForm) -> dict[str, Any] | None:
    """Return the line that the plain form replies to, in a few words."""
    value = form["reply_to"].value()
    try:
        row = history.one(access, value) if value else None
    except NotFound:
        return None
    return {"id": row.pk, "name": row.author.name, "text": serializers.summary(row)} if row else None


def _back(request: UserRequest) -> str:
    return reverse("admin:chat_room_changelist") if request.user.is_staff else reverse("chat:rooms")


def sent(message: Message, is_new: bool) -> HttpResponse:
    return JsonResponse({"message": serializers.message(message)}, status=201 if is_new else 200)
