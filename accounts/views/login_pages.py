"""Logging in by password, logging out, and the texts that people consent to."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.forms.account_forms import LoginForm
from accounts.login.redirects import next_suffix, to_next
from bandian.web.posting import posted


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return to_next(request)
    form = LoginForm(posted(request))
    if form.is_valid():
        phone, password = form.cleaned_data["username"], form.cleaned_data["password"]
        try:
            services.log_in(request, services.authenticate(request, phone=phone, password=password))
            return to_next(request)
        except ValidationError as error:
            form.add_error("password", error)
    return render(request, "accounts/login.html", {"form": form, "next_suffix": next_suffix(request)})


@login_not_required
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    was_in = request.user.is_authenticated
    services.log_out(request, browser=request.POST.get("endpoint", ""))
    if was_in:  # what is said needs a session, which a stranger should not have
        messages.success(request, "您已安全退出。")
    response = redirect("accounts:login")
    # Not "storage": that ends the push messages of whoever else uses this browser. What pages kept on the device of
    # whoever leaves is taken away by static/accounts/logout.js, which put it there.
    response["Clear-Site-Data"] = '"cache"'
    return response


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/terms.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/privacy.html")
