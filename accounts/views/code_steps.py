"""The two pages that every proof of a phone is made of: one asks for the phone, the other for the code."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.enums import CodePurpose
from accounts.forms.account_forms import CodeForm, PhoneForm
from accounts.login import challenges, codes
from accounts.login.redirects import next_suffix, to_step
from accounts.validators import mask_phone
from bandian.web.posting import posted


def step(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a page of GET and POST whose secrets no error report shows."""
    view = require_http_methods(["GET", "HEAD", "POST"])(view)
    return sensitive_post_parameters("password", "old_password", "code")(view)


def public_step(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make such a page for people who are not logged in."""
    return login_not_required(step(view))


def ask_for_phone(request: HttpRequest, purpose: CodePurpose, next_step: str) -> HttpResponse:
    """Show the phone form; a valid POST sends the code and leads to the page that asks for it."""
    form = PhoneForm(posted(request))
    if form.is_valid():
        try:
            challenges.start(request, purpose, form.cleaned_data["phone"])
            return to_step(request, next_step)
        except ValidationError as error:
            form.add_error("phone", error)
    context = {"form": form, "next_suffix": next_suffix(request)}
    return render(request, f"accounts/{purpose}_phone.html", context)


def ask_for_code(
    request: HttpRequest, purpose: CodePurpose, first_step: str, proceed: Callable[[str], HttpResponse]
) -> HttpResponse:
    """Show the code form; the right code calls `proceed` with the proven phone."""
    phone = challenges.pending_phone(request, purpose)
    if phone is None:
        proven = challenges.proven_phone(request, purpose)
        # A second click on the right code, which counts once, goes where the first went.
        return proceed(proven) if request.method == "POST" and proven else to_step(request, first_step)
    form = CodeForm(posted(request))
    if form.is_valid():
        try:
            return proceed(challenges.confirm(request, purpose, form.cleaned_data["code"]))
        except ValidationError as error:
            form.add_error("code", error)
    context = {"form": form, "purpose": purpose, "phone": phone, "first_step": first_step}
    return render(request, "accounts/verify.html", context | _code_page_context(request, purpose, phone))


def _code_page_context(request: HttpRequest, purpose: CodePurpose, phone: str) -> dict[str, Any]:
    return {
        "masked_phone": mask_phone(phone),
        "next_suffix": next_suffix(request),
        "wait": codes.seconds_to_wait(phone, purpose),
        "demo_text": challenges.demo_text(request),
    }
