"""What every request passes: the end of its session, and the second factor of staff."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import resolve_url

from accounts.login import second_factor, sessions
from accounts.login.redirects import to_second_factor

ENDED = "登录已过期，或已在别处退出，请重新登录。已保存的草稿都在。"


class SessionEndMiddleware:
    """Keep a session in use alive, and say why it is gone.

    The end itself is in the session's row (accounts.models.session). Before LoginRequiredMiddleware.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_over = False
        if request.user.is_authenticated:
            sessions.touch(request)
        elif settings.SESSION_COOKIE_NAME in request.COOKIES:
            is_over = request.session.is_empty()
        response = self.get_response(request)
        if self._has_more_to_keep(request) and not request.session.exists(request.session.session_key):
            # Ended meanwhile, maybe by this very request: what is left to say goes into a new one.
            request.session.flush()
        if is_over and response.get("Location", "").startswith(resolve_url(settings.LOGIN_URL) + "?next="):
            messages.info(request, ENDED)
        return response

    @staticmethod
    def _has_more_to_keep(request):
        is_changed = request.session.modified or getattr(messages.get_messages(request), "added_new", False)
        return is_changed and request.session.session_key is not None


class SecondFactorMiddleware:
    """Lead staff to the second factor before any other page.

    Every way of logging in ends here, and a page is let through by name only, so that a new one is closed.
    """

    open_pages = frozenset(
        f"accounts:{name}" for name in ("second_factor", "second_factor_qr", "logout", "terms", "privacy")
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if (
            second_factor.is_missing(request.session, request.user)
            and request.resolver_match.view_name not in self.open_pages
        ):
            return to_second_factor(request)
        return None
