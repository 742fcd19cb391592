"""消息列表: the rooms with the last line and what is unread; and the room itself."""

from uuid import uuid4

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chat import listing, members, messages, reading, shapes
from chat.forms import HistoryForm, MessageForm
from chat.messages import Draft
from chat.models import QuickReply
from chat.refusals import NotThere, Refused
from chat.views.access import entered, refusal, refusals, wants_json


@require_safe
def rooms(request):
    rows, after = listing.mine(request.user, request.GET.get("after", ""))
    return render(request, "chat/rooms.html", {"rows": rows, "after": after})


@require_safe
def room(request, pk):
    return page(request, entered(request, pk))


@require_POST
@refusals
def post(request, pk):
    """Take a message: from the script with JSON as the answer, or from the plain form and back to the page."""
    access, form = entered(request, pk), MessageForm(request.POST)
    try:
        access.check_member()
        data = form.checked()
        draft = Draft(data["uuid"], data["body"], data["reply_to"], data["mentions"])
        message, is_new = messages.post(access.room, draft, by=request.user)
    except Refused as refused:
        return refusal(refused) if wants_json(request) else page(request, access, form, refused)
    if wants_json(request):
        return sent(message, is_new)
    return redirect(f"{access.room.get_absolute_url()}#end")


@require_POST
@refusals
def join(request, pk):
    """A manager of the order's area comes in."""
    access = entered(request, pk)
    members.join(access.room, by=request.user)
    return redirect(access.room)


def page(request, access, form=None, refused=None):
    """Return the room's page; where something was refused, with the reason and what was typed."""
    form = form or MessageForm(initial={"reply_to": request.GET.get("reply", "")})
    context = {"access": access, "room": access.room, "form": form, "refused": refused, "back": _back(request)}
    context |= _shown(request, access) | _to_write(request, access, form)
    return render(request, "chat/room.html", context, status=refused.status if refused else 200)


def _shown(request, access):
    """Return the lines with what their marks need: who has read how far, and where the unread begins."""
    asked, me = _asked_for(request, access), request.user.pk.hex
    lines = [shapes.message(row) for row in asked.messages]
    present = [shapes.member(row) for row in access.room.memberships.present().select_related("user")]
    reads = sorted(each["read"] for each in present if each["user"] != me)
    read = access.membership.last_read_seq if access.membership else access.room.last_seq
    return {
        "page": asked,
        "lines": lines,
        "last_shown": lines[-1]["seq"] if lines else 0,
        "blank_line": shapes.BLANK,
        "members": present,
        "me": me,
        "reads": reads,
        "others": len(reads),
        "read": read,
        "divider": next((line["seq"] for line in lines if line["seq"] > read), None),
    }


def _to_write(request, access, form):
    """Return what the box to write in needs."""
    return {
        "uuid": uuid4(),
        "file_uuid": uuid4(),
        "max_bytes": settings.CHAT_FILE_MAX_BYTES,
        "reply": _reply(access, form),
        "quick_replies": QuickReply.objects.filter(owner=request.user) if request.user.is_staff else [],
    }


def _asked_for(request, access):
    """Return the page of lines that the address names; the newest where it names none."""
    form = HistoryForm(request.GET)
    return reading.page(access, **(form.cleaned_data if form.is_valid() else {}))


def _reply(access, form):
    """Return the line that the plain form replies to, in a few words."""
    value = form["reply_to"].value()
    try:
        row = reading.one(access, value) if value else None
    except NotThere:
        return None
    return row and {"id": row.pk, "name": row.author.name, "text": shapes.summary(row)}


def _back(request):
    return reverse("admin:chat_room_changelist") if request.user.is_staff else reverse("chat:rooms")


def sent(message, is_new):
    return JsonResponse({"message": shapes.message(message)}, status=201 if is_new else 200)
