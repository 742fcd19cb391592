"""The pages of the inbox."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from bandian.web.paging import page
from notifications import services
from notifications.models import Notification

if TYPE_CHECKING:
    from accounts.requests import UserRequest


@require_safe
def inbox(request: "UserRequest") -> HttpResponse:
    """Show one page of messages, newest first; ?before=<id> is the page after that message."""
    before = request.GET.get("before", "")
    rows, older = page(Notification.objects.visible_to(request.user), before)
    context = {
        "notifications": rows,
        "older_url": f"?before={older}" if older else "",
        "newest_url": reverse("notifications:inbox") if before else "",
    }
    return render(request, "notifications/inbox.html", context)


@require_safe
def unread(request: "UserRequest") -> HttpResponse:
    """Tell a page that may have missed something how many messages are unread, and which is the newest, of when."""
    rows = Notification.objects.visible_to(request.user).unread()
    newest = rows.first()
    told = newest and services.event_of(newest) | {"at": newest.created_at}
    return JsonResponse({"unread": rows.count(), "newest": told})


@require_POST
def mark_all_read(request: "UserRequest") -> HttpResponse:
    count = services.mark_all_read(request.user)
    messages.success(request, f"已将 {count} 条消息标为已读。" if count else "没有未读消息。")
    return redirect("notifications:inbox")


@require_safe
def open_message(request: "UserRequest", pk: UUID) -> HttpResponse:
    """Mark the message as read and go to where it points."""
    notification = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    services.mark_read(notification)
    local = url_has_allowed_host_and_scheme(notification.url, allowed_hosts=None)
    return redirect(notification.url if local else "notifications:inbox")
