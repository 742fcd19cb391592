"""Where the user is logged in, and ending it there; how long a page has left, and a page that is too old."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.keeping import form_token, kept
from accounts.keeping.repeats import acts_each_time
from accounts.login import sessions
from accounts.login.redirects import to_login
from accounts.requests import UserRequest
from bandian.web.posting import by_itself, is_script


@require_safe
def listing(request: UserRequest) -> HttpResponse:
    return render(request, "accounts/sessions.html", {"sessions": sessions.list_of(request)})


@acts_each_time
@require_POST
def end(request: UserRequest, pk: UUID) -> HttpResponse:
    if not sessions.end_one(request.user, pk):
        raise Http404
    messages.success(request, "已退出该设备上的登录。")
    return redirect("accounts:sessions")


@acts_each_time
@require_POST
def end_others(request: UserRequest) -> HttpResponse:
    count = sessions.end_others(request)
    done = f"已退出其他 {count} 处登录，" if count else "没有其他登录，"
    messages.success(request, f"{done}浏览器推送已全部关闭，需要时请在“消息自检”里重新开启。")
    return redirect("accounts:sessions")


@by_itself("GET")
@login_not_required
@require_http_methods(["GET", "POST"])
def state(request: HttpRequest) -> HttpResponse:
    """Tell a page who is logged in and for how long; a POST is work, and keeps the session alive."""
    return JsonResponse(_state(request))


def stale_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose CSRF token is no longer right: shown again, filled in; nothing of it was done.

    Only what our own page sent comes back, so that nobody else fills in forms for a reader.
    """
    if is_script(request) and _is_from_here(request):
        error = {"code": "stale", "message": "页面已过期，请刷新后重试；内容还在这一页。"}
        return JsonResponse({"error": error, **_state(request)}, status=403)
    token = form_token.read(request)
    if token is None or not _is_from_here(request):
        return render(request, "403_csrf.html", status=403)
    if token.is_of(request):
        page = kept.keep(request)
        return HttpResponseRedirect(page) if page else render(request, "403_csrf.html", status=403)
    if not token.owner:  # a page for strangers, like the login: it knows what to do with who is in
        return HttpResponseRedirect(token.page)
    if not request.user.is_authenticated:
        return to_login(kept.keep(request) or token.page)
    return render(request, "403_csrf.html", {"is_of_another": True}, status=403)


def _state(request: HttpRequest) -> dict[str, Any]:
    return {
        "user": form_token.owner_of(request),
        "seconds": sessions.seconds_left(request),
        "csrf": get_token(request),
    }


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent the form."""
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin).netloc == request.get_host()
