"""我的 → 个人信息: consents, who looked, a copy of my data, and closing the account."""

from typing import Any

from django.contrib import auth, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.enums import ConsentKind
from accounts.forms.privacy_forms import ClosingForm, ConsentForm
from accounts.identity import claims
from accounts.keeping.repeats import acts_each_time
from accounts.models import User
from accounts.privacy import consents, personal_data
from accounts.requests import UserRequest
from bandian.web.posting import posted
from bandian.web.rates import is_within
from bandian.web.streaming import streamed


@require_safe
def mine(request: UserRequest) -> HttpResponse:
    user = request.user
    context = {
        "consents": [_consent_row(user, kind) for kind in ConsentKind],
        "history": user.consents.all(),
        "readings": user.identity_readings.select_related("by")[:50],
        "record": claims.real_name_of(user),
        "verified": user.is_verified,
    }
    return render(request, "accounts/privacy_mine.html", context)


@acts_each_time
@require_POST
def give_consent(request: UserRequest) -> HttpResponse:
    consents.give(request.user, _kind(request))
    messages.success(request, "已记录您的同意。")
    return redirect("accounts:privacy_mine")


@acts_each_time
@require_POST
def withdraw_consent(request: UserRequest) -> HttpResponse:
    kind = _kind(request)
    consents.withdraw(request.user, kind)
    messages.success(request, f"已撤回同意。{consents.TEXTS[kind].effect}")
    return redirect("accounts:privacy_mine")


@require_POST
def export(request: UserRequest) -> HttpResponseBase:
    """Send everything at once: there is no link that others could follow later."""
    user = get_object_or_404(User, pk=request.user.pk)
    if not is_within(personal_data.EXPORTS, user.pk):
        messages.error(request, f"导出过于频繁（每小时最多 {personal_data.EXPORTS.most} 次），请过一小时再导出。")
        return redirect("accounts:privacy_mine")
    personal_data.log_export(user)
    response = streamed(request, personal_data.export(user), "application/zip")
    response["Content-Disposition"] = f'attachment; filename="bandian-{timezone.localdate():%Y%m%d}.zip"'
    return response


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: UserRequest) -> HttpResponse:
    """注销账号, confirmed by the password."""
    user = request.user
    if user.is_staff:
        raise PermissionDenied
    form = ClosingForm(posted(request))
    if form.is_valid():
        try:
            refusal = "当前密码不正确。"
            services.authenticate(request, phone=user.phone, password=form.cleaned_data["password"], refusal=refusal)
            personal_data.close(user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            auth.logout(request)
            messages.success(request, "账号已注销，您的个人信息已经删除。")
            return redirect("accounts:login")
    return render(request, "accounts/privacy_close.html", {"form": form, "refusals": personal_data.refusals(user)})


def _consent_row(user: User, kind: ConsentKind) -> dict[str, Any]:
    text, given = consents.TEXTS[kind], consents.is_given(user, kind)
    return {"kind": kind, "text": text, "given": given, "open": kind != ConsentKind.TERMS}


def _kind(request: UserRequest) -> ConsentKind:
    form = ConsentForm(request.POST)
    if not form.is_valid():
        raise PermissionDenied
    return ConsentKind(form.cleaned_data["kind"])
