"""What holds for every answer and every request, whichever app it is for."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path

from bandian.db.pooled import give_back_connections
from bandian.web import headers

GetResponse = Callable[[HttpRequest], HttpResponseBase]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
QUERY_MAX_LENGTH = 8192
OWN_PAGES = ("same-origin", "none")  # "none": the person typed the address or reloaded the page

access_log = logging.getLogger("bandian.access")


class ConnectionMiddleware:
    """Give the connection back to the pool with the answer made: who reads it slowly keeps nobody from the database."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        finally:
            give_back_connections()


class HeadersMiddleware:
    """Add the headers that Django and django-csp have no setting for; only static files may be kept by a cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in headers.OTHERS.items():
            response.headers.setdefault(name, value)
        if not request.path_info.startswith(settings.STATIC_URL) or response.status_code >= 400:
            # Whatever the view said: a page seen by one person must not come back for the next, nor after logging out.
            response["Cache-Control"] = "no-store, private"
        return response


class RefusalLogMiddleware:
    """Write down who was refused what: 403, 404 of a known address, and people sent away from the admin site."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if self._is_refusal(request, response):
            user = getattr(request, "user", None)
            who = user.pk if user is not None and user.is_authenticated else "anonymous"
            access_log.warning(
                "Refused: status=%d user=%s ip=%s method=%s path=%s",
                response.status_code,
                who,
                request.META.get("REMOTE_ADDR", ""),
                request.method,
                escape_uri_path(request.path),
            )
        return response

    @staticmethod
    def _is_refusal(request: HttpRequest, response: HttpResponseBase) -> bool:
        if response.status_code == 404:
            return request.resolver_match is not None
        if response.status_code == 302:
            user = getattr(request, "user", None)
            to_login = response.get("Location", "").startswith(
                (resolve_url("admin:login"), resolve_url(settings.LOGIN_URL))
            )
            return to_login and user is not None and user.is_authenticated
        return response.status_code == 403


class ForeignRequestMiddleware:
    """Refuse what no page of ours sends: a change asked for by another site, NUL, and a query of many kilobytes.

    PostgreSQL takes no NUL in any text, in forms the fields refuse it; SQLite no search of 50 000 characters.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        words = [request.path_info, *(value for value in request.META.values() if isinstance(value, str))]
        query = request.META.get("QUERY_STRING", "")
        if any("\0" in word for word in words) or "%00" in query:
            raise SuspiciousOperation("NUL in the address or a header.")
        if len(query) > QUERY_MAX_LENGTH:
            raise SuspiciousOperation("The query is too long.")
        site = request.headers.get("Sec-Fetch-Site", "none")
        if request.method not in SAFE_METHODS and site not in OWN_PAGES:
            raise PermissionDenied(f"Asked for by another site: Sec-Fetch-Site is {site[:20]!r}.")
        return self.get_response(request)


class OpenedMiddleware:
    """Lead whoever opens an address that only takes what is sent, as after a login, to the page that it belongs to.

    What no browser asks for is still told 405.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_opened = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if is_opened and isinstance(response, HttpResponseNotAllowed):
            messages.info(request, "没有提交任何内容：刚才的地址只用来提交，已打开它所在的页面。")
            return HttpResponseRedirect(page_above(request.path_info))
        return response


def page_above(path: str) -> str:
    """Return the nearest address above a path that some page has, by what is known of no thing or of one."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:length])}/"
        try:
            match = resolve(above)
        except Resolver404:
            continue
        # Below one thing another is a file, or is gone; the desk has addresses that take whatever comes.
        if len(match.kwargs) < 2 and not any("/" in str(value) for value in match.kwargs.values()):
            return above
    return "/"
