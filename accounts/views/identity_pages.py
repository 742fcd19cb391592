"""我的 → 实名认证, and the correction of a name before it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.enums import ConsentKind, IdentityStatus
from accounts.forms.identity_forms import ClaimForm, NameForm
from accounts.identity import claims
from accounts.login.redirects import next_suffix, safe_next
from accounts.privacy import consents
from bandian.web.posting import posted


@sensitive_post_parameters("id_number")
@require_http_methods(["GET", "HEAD", "POST"])
def identity_page(request):
    """Show where the check stands and take a claim; once approved, lead back to ?next=."""
    user = request.user
    if user.is_staff:
        raise PermissionDenied
    consented = consents.is_given(user, ConsentKind.SENSITIVE)
    form = ClaimForm(posted(request), consented=consented, initial={"name": user.name})
    if form.is_valid():
        try:
            data = form.cleaned_data
            return _answer(request, claims.claim(user, name=data["name"], id_number=data["id_number"]))
        except ValidationError as error:
            form.add_error(None, error)
    context = {"form": form, "record": claims.real_name_of(user), "verified": user.is_verified}
    context |= {"next": safe_next(request), "next_suffix": next_suffix(request)}
    return render(request, "accounts/identity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def name(request):
    """更正姓名 by the person; a verified name is the supervisor's to change."""
    user = request.user
    form = NameForm(posted(request), initial={"name": user.name})
    if user.is_staff or user.is_verified:
        raise PermissionDenied
    if form.is_valid():
        claims.correct_name(user, form.cleaned_data["name"])
        messages.success(request, "姓名已更正。")
        return redirect("accounts:identity")
    return render(request, "accounts/identity_name.html", {"form": form})


def _answer(request, record):
    if record.status == IdentityStatus.APPROVED:
        messages.success(request, "实名认证已通过。")
        return redirect(safe_next(request) or "accounts:me")
    if record.status == IdentityStatus.REJECTED:
        messages.error(request, f"实名认证未通过：{record.reason}")
    else:
        messages.success(request, "已提交，审核通过后会发消息给您。")
    return redirect("accounts:identity")
