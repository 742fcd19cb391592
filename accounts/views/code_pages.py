"""The steps that begin with a code sent by SMS: log in, register, set a new password."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import services
from accounts.enums import CodePurpose
from accounts.forms.account_forms import NewPasswordForm, RegisterForm
from accounts.login import challenges
from accounts.login.redirects import to_next, to_step
from accounts.models import User
from accounts.validators import mask_phone
from accounts.views.code_steps import ask_for_code, ask_for_phone, public_step
from bandian.web.posting import posted


def _once(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Lead a second click on what let somebody in where the first went."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        is_in = request.method == "POST" and request.user.is_authenticated
        return to_next(request) if is_in else view(request)

    return guarded


@public_step
def login_code(request: HttpRequest) -> HttpResponse:
    return ask_for_phone(request, CodePurpose.LOGIN, "accounts:login_verify")


@public_step
@_once
def login_verify(request: HttpRequest) -> HttpResponse:
    def proceed(phone: str) -> HttpResponse:
        challenges.finish(request)
        services.log_in(request, get_object_or_404(User, phone=phone, is_active=True))
        return to_next(request)

    return ask_for_code(request, CodePurpose.LOGIN, "accounts:login_code", proceed)


@public_step
def register(request: HttpRequest) -> HttpResponse:
    return ask_for_phone(request, CodePurpose.REGISTER, "accounts:register_verify")


@public_step
def register_verify(request: HttpRequest) -> HttpResponse:
    def proceed(phone: str) -> HttpResponse:
        return to_step(request, "accounts:register_details")

    return ask_for_code(request, CodePurpose.REGISTER, "accounts:register", proceed)


@public_step
@_once
def register_details(request: HttpRequest) -> HttpResponse:
    phone = challenges.proven_phone(request, CodePurpose.REGISTER)
    if phone is None:
        return to_step(request, "accounts:register")
    form = RegisterForm(posted(request), phone=phone)
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


@public_step
def reset(request: HttpRequest) -> HttpResponse:
    return ask_for_phone(request, CodePurpose.RESET, "accounts:reset_verify")


@public_step
def reset_verify(request: HttpRequest) -> HttpResponse:
    def proceed(phone: str) -> HttpResponse:
        return to_step(request, "accounts:reset_password")

    return ask_for_code(request, CodePurpose.RESET, "accounts:reset", proceed)


@public_step
def reset_password(request: HttpRequest) -> HttpResponse:
    user = User.objects.filter(phone=challenges.proven_phone(request, CodePurpose.RESET), is_active=True).first()
    if user is None:
        return to_step(request, "accounts:reset")
    form = NewPasswordForm(posted(request), user=user)
    if form.is_valid():
        is_first = not user.has_usable_password()
        challenges.finish(request)
        services.set_password(user, form.cleaned_data["password"])
        done = "密码已设置" if is_first else "密码已重置，其他设备上的登录已全部退出"
        hold = "" if user.is_staff else "；为了安全，24 小时内暂不能签字"  # staff sign nothing
        messages.success(request, f"{done}。请用新密码登录{hold}。")
        return to_step(request, "accounts:login")
    return render(request, "accounts/reset_password.html", {"form": form, "phone": user.masked_phone})
