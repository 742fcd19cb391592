"""Changing the phone number: first the old password or a code to the old phone, then a code to the new one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts import services
from accounts.enums import CodePurpose
from accounts.forms.account_forms import OldPasswordForm
from accounts.login import challenges, step_up
from accounts.requests import UserRequest
from accounts.views.code_steps import ask_for_code, ask_for_phone, step
from bandian.web.posting import posted


@step
def by_password(request: UserRequest) -> HttpResponse:
    form = OldPasswordForm(posted(request))
    if form.is_valid():
        password = form.cleaned_data["old_password"]
        try:
            services.authenticate(request, phone=request.user.phone, password=password, refusal="当前密码不正确。")
            step_up.confirm(request)
            return redirect("accounts:phone_new")
        except ValidationError as error:
            form.add_error("old_password", error)
    return render(request, "accounts/phone.html", {"form": form})


@step
def by_code(request: UserRequest) -> HttpResponse:
    problem = None
    if request.method == "POST":
        try:
            challenges.start(request, CodePurpose.CONFIRM, request.user.phone)
            return redirect("accounts:phone_code_verify")
        except ValidationError as error:
            problem = error.message
    return render(request, "accounts/phone_code.html", {"problem": problem})


@step
def by_code_verify(request: UserRequest) -> HttpResponse:
    def proceed(phone: str) -> HttpResponse:
        challenges.finish(request)
        step_up.confirm(request)
        return redirect("accounts:phone_new")

    return ask_for_code(request, CodePurpose.CONFIRM, "accounts:phone_code", proceed)


@step
def new(request: UserRequest) -> HttpResponse:
    if not step_up.is_fresh(request):
        return redirect("accounts:phone")
    return ask_for_phone(request, CodePurpose.PHONE, "accounts:phone_new_verify")


@step
def new_verify(request: UserRequest) -> HttpResponse:
    if not step_up.is_fresh(request):
        return redirect("accounts:phone")

    def proceed(phone: str) -> HttpResponse:
        services.change_own_phone(request, phone)
        challenges.finish(request)
        step_up.finish(request)
        messages.success(request, "手机号已更换，其他设备上的登录已全部退出。为了安全，24 小时内暂不能签字。")
        return redirect("accounts:me")

    return ask_for_code(request, CodePurpose.PHONE, "accounts:phone_new", proceed)
