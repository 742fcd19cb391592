"""The pages of 我的."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.forms.account_forms import ChangePasswordForm, EnterpriseForm
from accounts.identity import claims
from accounts.login.redirects import next_suffix, safe_next
from accounts.models import ManagerCard
from accounts.requests import UserRequest
from bandian.web.posting import posted

CODE_DOUBTED = (
    "统一社会信用代码{}，请再对照营业执照核对一次；执照上就是这样的不用改，供电公司核验时会对照营业执照确认。"
)


@require_safe
def me(request: UserRequest) -> HttpResponse:
    context = {"verified": request.user.is_verified, "record": claims.real_name_of(request.user)}
    return render(request, "accounts/me.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def enterprise(request: UserRequest) -> HttpResponse:
    if not request.user.is_customer:
        raise PermissionDenied
    own = request.user.enterprise
    initial = None if own else services.enterprise_of_orders(request.user)
    form = EnterpriseForm(posted(request), instance=own, initial=initial)
    if form.is_valid():
        try:
            enterprise = form.save(commit=False)
            services.save_enterprise(enterprise, by=request.user)
            messages.success(request, "企业信息已保存。")
            if enterprise.code_doubt:
                messages.warning(request, CODE_DOUBTED.format(enterprise.code_doubt))
            return redirect(safe_next(request) or "accounts:me")
        except ValidationError as error:
            form.add_error(None, error)
    context = {"form": form, "prefilled": bool(initial), "next": safe_next(request)}
    return render(request, "accounts/enterprise.html", context | {"next_suffix": next_suffix(request)})


@sensitive_post_parameters("old_password", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: UserRequest) -> HttpResponse:
    form = ChangePasswordForm(posted(request), user=request.user)
    if form.is_valid():
        old, phone = form.cleaned_data["old_password"], request.user.phone
        try:
            services.authenticate(request, phone=phone, password=old, refusal="当前密码不正确。")
        except ValidationError as error:
            form.add_error("old_password", error)
        else:
            services.change_own_password(request, form.cleaned_data["password"])
            messages.success(request, "密码已修改，其他设备上的登录已全部退出。")
            return redirect("accounts:me")
    return render(request, "accounts/password.html", {"form": form})


@require_safe
def manager_photo(request: UserRequest, pk: UUID) -> HttpResponse:
    """Send the photo on an account manager's card to anyone who is logged in."""
    card = get_object_or_404(ManagerCard.objects.exclude(photo=""), user_id=pk)
    with card.photo.open("rb") as file:
        return HttpResponse(file.read(), content_type="image/jpeg")
