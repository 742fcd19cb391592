"""The steps that begin with a code sent by SMS: log in, register, set a new password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import challenges, codes, services
from accounts.enums import CodePurpose
from accounts.forms import CodeForm, NewPasswordForm, PhoneForm, RegisterForm
from accounts.models import User
from accounts.redirects import next_suffix, to_next, to_step
from accounts.validators import mask_phone


def _step(view):
    """Make a public page of GET and POST that is never cached and whose secrets no error report shows."""
    view = require_http_methods(["GET", "HEAD", "POST"])(view)
    return login_not_required(never_cache(sensitive_post_parameters("password", "code")(view)))


@_step
def login_code(request):
    return _ask_for_phone(request, CodePurpose.LOGIN, "accounts:login_verify")


@_step
def login_verify(request):
    def proceed(phone):
        challenges.finish(request)
        services.log_in(request, get_object_or_404(User, phone=phone, is_active=True))
        return to_next(request)

    return _ask_for_code(request, CodePurpose.LOGIN, "accounts:login_code", proceed)


@_step
def register(request):
    return _ask_for_phone(request, CodePurpose.REGISTER, "accounts:register_verify")


@_step
def register_verify(request):
    def proceed(phone):
        return to_step(request, "accounts:register_details")

    return _ask_for_code(request, CodePurpose.REGISTER, "accounts:register", proceed)


@_step
def register_details(request):
    phone = challenges.proven_phone(request, CodePurpose.REGISTER)
    if phone is None:
        return to_step(request, "accounts:register")
    form = RegisterForm(request.POST if request.method == "POST" else None, phone=phone)
    if form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data["password"]
        try:
            user = services.register(phone=phone, name=name, password=password)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            challenges.finish(request)
            services.log_in(request, user)
            messages.success(request, "注册成功，欢迎使用办电 E 助手。")
            return to_next(request)
    return render(request, "accounts/register_details.html", {"form": form, "phone": mask_phone(phone)})


@_step
def reset(request):
    return _ask_for_phone(request, CodePurpose.RESET, "accounts:reset_verify")


@_step
def reset_verify(request):
    def proceed(phone):
        return to_step(request, "accounts:reset_password")

    return _ask_for_code(request, CodePurpose.RESET, "accounts:reset", proceed)


@_step
def reset_password(request):
    user = User.objects.filter(phone=challenges.proven_phone(request, CodePurpose.RESET), is_active=True).first()
    if user is None:
        return to_step(request, "accounts:reset")
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        challenges.finish(request)
        services.set_password(user, form.cleaned_data["password"])
        messages.success(request, "密码已重置，其他设备上的登录已全部退出。请用新密码登录。")
        return to_step(request, "accounts:login")
    return render(request, "accounts/reset_password.html", {"form": form, "phone": user.masked_phone})


def _ask_for_phone(request, purpose, next_step):
    """Show the phone form; a valid POST sends the code and leads to the page that asks for it."""
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            challenges.start(request, purpose, form.cleaned_data["phone"])
            return to_step(request, next_step)
        except ValidationError as error:
            form.add_error("phone", error)
    context = {"form": form, "next_suffix": next_suffix(request)}
    return render(request, f"accounts/{purpose}_phone.html", context)


def _ask_for_code(request, purpose, first_step, proceed):
    """Show the code form; the right code calls `proceed` with the proven phone."""
    phone = challenges.pending_phone(request, purpose)
    if phone is None:
        return to_step(request, first_step)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return proceed(challenges.confirm(request, purpose, form.cleaned_data["code"]))
        except ValidationError as error:
            form.add_error("code", error)
    context = {"form": form, "purpose": purpose, "phone": phone, "first_step": first_step}
    return render(request, "accounts/verify.html", context | _code_page_context(request, phone))


def _code_page_context(request, phone):
    return {
        "masked_phone": mask_phone(phone),
        "next_suffix": next_suffix(request),
        "wait": codes.seconds_to_wait(phone),
        "demo_text": challenges.demo_text(request),
    }
