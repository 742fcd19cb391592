"""What is done with lines: taking one back, finding some, taking all along; and the managers' ready answers."""

from django.contrib import messages as notices
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import messages, pace, reading, shapes, transcript
from chat.forms import OriginalForm, RecallForm, ReplyForm, SearchForm
from chat.models import QuickReply
from chat.refusals import Refused
from chat.views.access import entered, refusal, refusals, wants_json


@require_http_methods(["GET", "POST"])
@refusals
def recall(request, pk, message):
    """Ask whether to take a line back, a manager also why; then do it."""
    access = entered(request, pk)
    row = reading.one(access, message)
    messages.check_may_ask(row, access)
    form = RecallForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            row = messages.recall(row, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            if wants_json(request):
                return refusal(refused)
            form.add_error(None, refused.words)
        else:
            if wants_json(request):
                return JsonResponse({"message": shapes.message(row)})
            notices.success(request, "消息已撤回。")
            return redirect(f"{access.room.get_absolute_url()}?around={row.seq}#m{row.seq}")
    needs_reason = access.is_manager and not messages.may_recall(row, access, "")
    context = {"room": access.room, "form": form, "line": shapes.message(row), "needs_reason": needs_reason}
    return render(request, "chat/recall.html", context)


@require_http_methods(["GET", "POST"])
@refusals
def original(request, pk, message):
    """Show a supervisor what was taken back, for a reason that goes on record."""
    access = entered(request, pk)
    row = reading.one(access, message)
    if not (request.user.is_supervisor and row.is_recalled):
        raise PermissionDenied
    form, shown = OriginalForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        shown = messages.read_recalled(row, by=request.user, reason=form.cleaned_data["reason"])
    context = {"room": access.room, "form": form, "line": shapes.message(row), "shown": shown}
    return render(request, "chat/original.html", context)


@require_safe
@refusals
def search(request, pk):
    access = entered(request, pk)
    form = SearchForm(request.GET if "q" in request.GET else None)
    found = None
    if form.is_valid():
        pace.check("search", request.user, most=30, seconds=60)
        found = [shapes.message(row) for row in reading.find(access, form.cleaned_data["q"])]
    context = {"room": access.room, "form": form, "found": found, "most": reading.FOUND_MOST}
    return render(request, "chat/search.html", context)


@require_POST
@refusals
def export(request, pk):
    """Send the whole transcript as a PDF with the platform's signature; that is on record."""
    access = entered(request, pk)
    if not access.may_export:
        raise PermissionDenied
    response = HttpResponse(transcript.taken_along(access.room, by=request.user), content_type="application/pdf")
    name = f"群聊记录-{access.room.order}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_http_methods(["GET", "POST"])
def replies(request):
    """快捷回复 of a member of staff: list, add, delete."""
    if not request.user.is_staff:
        raise PermissionDenied
    own = QuickReply.objects.filter(owner=request.user)
    form = ReplyForm(request.POST if "text" in request.POST else None)
    if request.method == "POST" and "delete" in request.POST:
        own.filter(pk__in=[value for value in request.POST.getlist("delete") if value.isdecimal()][:1]).delete()
        return redirect("chat:replies")
    if form.is_valid():
        try:
            with transaction.atomic():
                own.create(owner=request.user, text=form.cleaned_data["text"])
            return redirect("chat:replies")
        except IntegrityError:
            form.add_error("text", "已经有这一条了。")
    return render(request, "chat/replies.html", {"form": form, "replies": own})
