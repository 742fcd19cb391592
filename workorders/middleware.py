"""Answers to what stops a step: the order or the file has moved on, or the customer is not verified yet."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode

from accounts.keeping import kept, repeats
from accounts.requests import UserRequest
from signing.services import AlreadySigned, Superseded
from workorders.journey.flow import Conflict, NotVerified
from workorders.models import STEPS, Event

# So long after somebody's own step, another click on it, or the way back to its page, is no conflict.
MOMENTS = timedelta(minutes=10)


class ConflictMiddleware:
    """Answer Conflict and its kin from signing with 409 and who moved the order when, NotVerified with the check.

    Whoever did just this a moment ago is led to the order, and told so; what was typed otherwise stands on the page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: UserRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Conflict):
            context = _too_late(request, exception)
            if _is_repetition(request, exception.event) and not context["written"]:
                messages.info(request, context["message"])
                return redirect(context["back_url"])
            return render(request, "409.html", context, status=409)
        if isinstance(exception, (AlreadySigned, Superseded)):
            return render(request, "409.html", {"back_url": request.path}, status=409)
        if isinstance(exception, NotVerified):
            request.repeat_key = ""  # nothing was done: once verified, the same form counts
            page = kept.keep(request)
            rest = "认证通过后回到原来的页面，您填写的内容还在。" if page else "已保存的内容都还在。"
            messages.warning(request, f"请先完成实名认证，再继续这一步；{rest}")
            return redirect(f"{reverse('accounts:identity')}?{urlencode({'next': page or request.path})}")
        return None


def _too_late(request: UserRequest, conflict: Conflict) -> dict[str, Any]:
    order, event = conflict.order, conflict.event
    back = order.get_absolute_url()
    if request.path.startswith(reverse("admin:index")):
        back = reverse("admin:workorders_workorder_change", args=[order.pk])
    nothing_done = "这次操作没有生效。" if request.method == "POST" else ""
    message = f"工单状态已经变化，现为“{order.standing}”。{nothing_done}"
    if event:
        when = date_format(timezone.localtime(event.at), "Y年n月j日 H:i")
        who = "您" if event.by_id == request.user.pk else event.by.name
        message = f"{when}，{who}已办理“{event.label}”，工单现为“{order.standing}”。"
        message += "" if _is_repetition(request, event) else nothing_done
    written = kept.words(request)
    return {"message": message, "back_url": back, "written": written, "kept_url": written and kept.keep(request)}


def _is_repetition(request: UserRequest, event: Event | None) -> bool:
    """Whether the reader was the last to do anything to the order, a moment ago, and that by this very page."""
    if event is None or event.by_id != request.user.pk or timezone.now() - event.at > MOMENTS:
        return False
    if request.method == "GET" and repeats.is_way_back(request):
        return True
    match, row = request.resolver_match, STEPS.get(event.name)
    return row is not None and (match.kwargs.get("name") == row.name or match.url_name == row.page)
