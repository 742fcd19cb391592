"""Where to go after logging in; ?next= is followed within this site only."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode


def safe_next(request: HttpRequest) -> str:
    """Return ?next= where it is a path of this site; empty otherwise."""
    target = request.GET.get("next", "")
    local = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if local else ""


def next_suffix(request: HttpRequest) -> str:
    """Return what a link to another step of logging in ends with, so that it keeps ?next=."""
    target = safe_next(request)
    return f"?{urlencode({'next': target})}" if target else ""


def to_step(request: HttpRequest, name: str) -> HttpResponseRedirect:
    """Redirect to another step of logging in and keep ?next=."""
    return HttpResponseRedirect(reverse(name) + next_suffix(request))


def to_login(target: str) -> HttpResponseRedirect:
    """Redirect to the login, and from there to a path of this site."""
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': target})}")


def to_second_factor(request: HttpRequest) -> HttpResponseRedirect:
    """Redirect staff to the second factor, and from there to ?next= or to the page that was asked for."""
    target = safe_next(request) or (request.get_full_path() if request.method == "GET" else "")
    login = resolve_url(settings.LOGIN_URL)
    query = f"?{urlencode({'next': target})}" if target and not target.startswith(login) else ""
    return HttpResponseRedirect(reverse("accounts:second_factor") + query)


def to_next(request: HttpRequest) -> HttpResponseRedirect:
    """Redirect a user who just logged in: to ?next=, or to the start page of the role."""
    start = "admin:index" if request.user.is_staff else settings.LOGIN_REDIRECT_URL
    return HttpResponseRedirect(safe_next(request) or resolve_url(start))
