"""The page that asks staff for the second factor, and lets them set it up."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.account_forms import EnrolForm, SecondFactorForm
from accounts.login import second_factor
from accounts.login.redirects import to_next
from accounts.requests import UserRequest
from bandian.web.posting import posted

_Made = TypeVar("_Made")


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: UserRequest) -> HttpResponse:
    """Set up, show the second factor, or make new recovery codes: whichever the user needs next."""
    if not request.user.is_staff:
        raise PermissionDenied
    if second_factor.confirmed_device(request.user) is None:
        return _enrol(request)
    is_shown = second_factor.is_shown(request.session, request.user)
    return _renew(request) if is_shown else _verify(request)


@require_safe
def qr(request: UserRequest) -> HttpResponse:
    """Send the secret as a picture, as long as there is no device."""
    if not request.user.is_staff or second_factor.confirmed_device(request.user):
        raise Http404
    return HttpResponse(second_factor.qr_of(second_factor.new_device(request)), content_type="image/svg+xml")


@sensitive_variables("codes")
def _enrol(request: UserRequest) -> HttpResponse:
    device = second_factor.new_device(request)
    form, codes = _answer(request, second_factor.enrol, EnrolForm)
    if codes:
        return render(request, "accounts/recovery_codes.html", {"codes": codes, "next_url": to_next(request).url})
    context = {"form": form, "secret": second_factor.secret_of(device)}
    return render(request, "accounts/second_factor_enrol.html", context)


def _verify(request: UserRequest) -> HttpResponse:
    form, _ = _answer(request, second_factor.verify)
    if form.is_valid():
        return to_next(request)
    return render(request, "accounts/second_factor_verify.html", {"form": form})


@sensitive_variables("codes")
def _renew(request: UserRequest) -> HttpResponse:
    form, codes = _answer(request, second_factor.renew_recovery_codes)
    if codes:
        messages.success(request, "旧的恢复码已全部失效。")
        return render(request, "accounts/recovery_codes.html", {"codes": codes, "next_url": to_next(request).url})
    left = request.user.recovery_codes.filter(used_at=None).count()
    return render(request, "accounts/second_factor_renew.html", {"form": form, "left": left})


def _answer(
    request: UserRequest,
    check: Callable[[UserRequest, str], _Made],
    form_class: type[SecondFactorForm] = SecondFactorForm,
) -> tuple[SecondFactorForm, _Made | None]:
    """Return the form and what `check` makes of its code; a refusal becomes an error on the field."""
    form = form_class(posted(request))
    if form.is_valid():
        try:
            return form, check(request, form.cleaned_data["code"])
        except ValidationError as error:
            form.add_error("code", error)
    return form, None
