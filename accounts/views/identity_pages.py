"""我的 → 实名认证, and the correction of a name before it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.enums import ConsentKind, IdentityStatus
from accounts.forms.identity_forms import ClaimForm, NameForm
from accounts.identity import claims, id_photos
from accounts.login.redirects import next_suffix, safe_next
from accounts.models import RealName
from accounts.privacy import consents
from accounts.requests import UserRequest
from bandian.web.posting import posted


@sensitive_post_parameters("id_number")
@require_http_methods(["GET", "HEAD", "POST"])
def identity_page(request: UserRequest) -> HttpResponse:
    """Show where the check stands and take a claim; once approved, lead back to ?next=."""
    user = request.user
    if user.is_staff:
        raise PermissionDenied
    consented = consents.is_given(user, ConsentKind.SENSITIVE)
    form = _claim_form(request, consented)
    if form.is_valid():
        try:
            data = form.cleaned_data
            given = {name: data[name] for name in ("name", "id_kind", "id_number")}
            return _answer(request, claims.claim(user, **given, photo=data.get("photo") or b""))
        except ValidationError as error:
            form.add_error(None, error)
    # A browser does not send it again; of who has passed nothing is compared any more.
    if form.is_bound and form.right_photo and not user.is_verified:
        id_photos.keep(user, form.right_photo)
        form.say_photo_is_kept()
    context = {"form": form, "record": claims.real_name_of(user), "verified": user.is_verified}
    context |= {"next": safe_next(request), "next_suffix": next_suffix(request)}
    return render(request, "accounts/identity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def name(request: UserRequest) -> HttpResponse:
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


def _claim_form(request: UserRequest, consented: bool) -> ClaimForm:
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    initial, has_photo = {"name": request.user.name}, id_photos.is_kept(request.user)
    if record := claims.real_name_of(request.user):
        initial["id_kind"] = record.id_kind
    return ClaimForm(data, files, by=request.user, consented=consented, has_photo=has_photo, initial=initial)


def _answer(request: UserRequest, record: RealName) -> HttpResponse:
    if record.status == IdentityStatus.REJECTED:
        messages.error(request, f"实名认证未通过：{record.reason}")
    else:
        messages.success(request, "已提交，通过后会发消息给您。")
    return redirect("accounts:identity")
