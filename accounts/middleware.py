"""What every request passes: the end of its session, the way to the login, the second factor of staff, kept forms."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, resolve_url

from accounts.keeping import filling, form_token, kept, kept_files, repeats
from accounts.login import second_factor, sessions
from accounts.login.redirects import to_login, to_second_factor
from accounts.requests import FormRequest
from bandian.web.middleware import GetResponse
from bandian.web.posting import is_script, is_work
from bandian.web.rates import Rate, is_within, subscriber

ENDED = "登录已过期，或已在别处退出，请重新登录。"
KEPT = ENDED + "刚才填写的内容已经保留，登录后会回到原来的页面，核对后再提交。"
# Of one subscriber: an office whose logins end at noon.
NOTICES = Rate("ended-notices", 200, timedelta(hours=1))
LOST = ENDED + "刚才提交的内容没有保存，登录后请重新填写。"

View = Callable[..., HttpResponseBase]


class SessionEndMiddleware:
    """Keep a session in use alive, and say why it is gone.

    The end itself is in the session's row (accounts.models.session). Before LoginRequiredMiddleware.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_stranger = not request.user.is_authenticated
        is_over = is_stranger and settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.is_empty()
        response = self.get_response(request)
        if (key := self._key_of_more(request)) is not None and not request.session.exists(key):
            # Ended meanwhile, maybe by this very request: what is left to say goes into a new one.
            request.session.flush()
        to = response.get("Location", "")
        # A form left open over night comes without the cookie too, whose time is over by then.
        is_kept = f"{kept.PARAMETER}%3D" in to
        is_told = (is_over or is_kept) and to.startswith(resolve_url(settings.LOGIN_URL) + "?next=")
        # What is said goes into a new session's row: any browser can send a cookie that never was one.
        if is_told and is_within(NOTICES, subscriber(request.META.get("REMOTE_ADDR", ""))):
            messages.info(request, KEPT if is_kept else LOST if request.method == "POST" else ENDED)
        return response

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        if request.user.is_authenticated:
            sessions.touch(request, request.user, is_work=is_work(request, view))

    @staticmethod
    def _key_of_more(request: HttpRequest) -> str | None:
        """Return the key of a session with something left to keep or to say."""
        is_changed = request.session.modified or getattr(messages.get_messages(request), "added_new", False)
        return request.session.session_key if is_changed else None


class LoginNeededMiddleware(LoginRequiredMiddleware):
    """Lead strangers to the login, with what they sent kept for afterwards; a script is told so in JSON."""

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused and is_script(request):
            error = {"code": "login", "message": "登录已过期，请重新登录；内容还在这一页。"}
            return JsonResponse({"error": error, "login": resolve_url(settings.LOGIN_URL)}, status=401)
        return refused

    def handle_no_permission(self, request: HttpRequest, view_func: View) -> HttpResponseRedirect:
        if request.method != "POST" or is_script(request):
            return super().handle_no_permission(request, view_func)
        token = form_token.read(request)
        return to_login(kept.keep(request) or (token.page if token else request.path))


class SecondFactorMiddleware:
    """Lead staff to the second factor before any other page, and then who has a first password to a new one.

    Every way of logging in ends here, and a page is let through by name only, so that a new one is closed.
    """

    open_pages = frozenset(
        f"accounts:{name}" for name in ("second_factor", "second_factor_qr", "logout", "terms", "privacy")
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if second_factor.is_missing(request.session, request.user) and name not in self.open_pages:
            return to_second_factor(request)
        is_first = request.user.is_authenticated and request.user.must_change_password
        if is_first and name not in {*self.open_pages, "accounts:password"}:
            messages.warning(request, "这是建立账号时设置的初始密码，请先改成只有您自己知道的密码。")
            return redirect("accounts:password")
        return None


class KeptFormMiddleware:
    """Show a page filled in with what was kept for it, and take a form once. After everybody who may refuse."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: FormRequest) -> HttpResponseBase:
        request.kept_form, request.repeat_key = None, ""
        said: list[tuple[int, str]] = []
        to = ""
        try:
            response = self.get_response(request)
            if request.repeat_key:
                said = _said(request)
                done = 300 <= response.status_code < 400 and messages.ERROR not in dict(said)
                to = response["Location"] if done else ""
                if to:
                    repeats.remember_page(request)
        finally:
            if request.repeat_key:
                repeats.answered(request.repeat_key, to, said)
        if request.method == "POST" and response.status_code in (201, 302):
            kept.forget(request)
        # Pages of failures show what was typed by themselves (`written` in accounts.context).
        is_page = response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html")
        if request.kept_form and is_page and isinstance(response, HttpResponse):
            response.content = filling.fill(response.content.decode(), request.kept_form)
        return response

    def process_view(self, request: FormRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method == "GET" and kept.PARAMETER in request.GET:
            request.kept_form = kept.find(request)
            rest: Any = request.GET.copy()  # the rest of it is what the page knows; the stubs know a fixed one only
            del rest[kept.PARAMETER]
            request.GET = rest
            return None
        if getattr(view, "csrf_exempt", False):
            return None
        if request.method == "POST" and request.user.is_authenticated:
            kept_files.hand_in(request, request.user)
        if repeats.is_taken_once(view) and (key := repeats.key_of(request)):
            if first := repeats.first_answer(key):
                _say_again(request, first["said"])
                return HttpResponseRedirect(first["to"])
            request.repeat_key = key
        return None


def _said(request: HttpRequest) -> list[tuple[int, str]]:
    """Return what the answer says on the next page, as (level, text)."""
    waiting: Any = messages.get_messages(request)
    return [(message.level, str(message)) for message in waiting._queued_messages]


def _say_again(request: HttpRequest, said: Iterable[tuple[int, str]]) -> None:
    """Say what the first answer said, unless it still waits to be read."""
    waiting: Any = messages.get_messages(request)
    unread = {str(message) for message in waiting}
    waiting.used = False
    for level, text in said:
        if text not in unread:
            messages.add_message(request, level, text)
