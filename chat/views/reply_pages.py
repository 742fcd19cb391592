"""快捷回复 of a member of staff: list, add, delete."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from chat.forms.chat_forms import ReplyForm
from chat.models import QuickReply


@require_http_methods(["GET", "POST"])
def replies(request: UserRequest) -> HttpResponse:
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
