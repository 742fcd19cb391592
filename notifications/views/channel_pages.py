"""The pages of settings and of the self-check, and what browsers need for push messages."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bandian.web.posting import posted
from notifications.forms.channel_forms import EndpointForm, PreferencesForm, SubscriptionForm
from notifications.outbox import channels, vapid

if TYPE_CHECKING:
    from accounts.requests import UserRequest


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: "UserRequest") -> HttpResponse:
    """Let the user choose how messages of each kind leave the house."""
    chosen, is_staff = channels.chosen_by(request.user), request.user.is_staff
    form = PreferencesForm(posted(request), chosen=chosen, is_staff=is_staff)
    if form.is_valid():
        channels.choose(request.user, form.cleaned_data)
        messages.success(request, "消息设置已保存。")
        return redirect("notifications:settings")
    context = {"form": form, "push_key": vapid.public_key(), "quiet_hours": settings.SMS_QUIET_HOURS}
    return render(request, "notifications/settings.html", context)


@require_safe
def check(request: "UserRequest") -> HttpResponse:
    """Show what has to be right for a message to pop up; the page's script fills in what only the browser knows."""
    context = {"push_key": vapid.public_key(), "browsers": request.user.push_subscriptions.count()}
    return render(request, "notifications/check.html", context)


@require_POST
def send_test(request: "UserRequest") -> HttpResponse:
    """Send a message to oneself: JSON with its id for the script, the page again for everybody else."""
    try:
        row = channels.send_test(request.user)
    except ValidationError as error:
        if not request.accepts("text/html"):
            return JsonResponse({"error": error.messages[0]}, status=429)
        messages.error(request, error.messages[0])
        return redirect("notifications:check")
    if not request.accepts("text/html"):
        return JsonResponse({"id": row.pk.hex})
    messages.success(request, "测试消息已发出，请到消息列表查看。")
    return redirect("notifications:check")


@require_POST
def subscribe(request: "UserRequest") -> HttpResponse:
    form = SubscriptionForm(request.POST)
    if not form.is_valid():
        error = next(iter(form.errors.values()))[0]
        return JsonResponse({"error": error}, status=422)
    channels.subscribe(request.user, **form.cleaned_data)
    return HttpResponse(status=204)


@require_POST
def unsubscribe(request: "UserRequest") -> HttpResponse:
    form = EndpointForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": "没有找到此浏览器的订阅。"}, status=422)
    channels.unsubscribe(request.user, form.cleaned_data["endpoint"])
    return HttpResponse(status=204)


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows push messages while no page is open; at the root, because its pages are those below it."""
    return render(request, "notifications/sw.js", content_type="text/javascript; charset=utf-8")
