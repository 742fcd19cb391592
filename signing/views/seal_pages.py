"""印章申请, 我的印章 and 印章注销, for the people of an enterprise."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.login.redirects import next_suffix, safe_next
from accounts.requests import UserRequest
from accounts.views.access import customers_only
from bandian.web.posting import posted
from files.serving import harden_response
from signing.enums import SealState
from signing.forms.seal_forms import LookForm, ReasonForm, SealForm
from signing.marks import seal_art
from signing.models import Seal, SealEvent
from signing.seals import lifecycle

# Lines of a trace that a card shows.
TRACE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@customers_only
def apply(request: UserRequest) -> HttpResponse:
    """印章申请; without an enterprise or a proven name, the page says what to do first."""
    missing, enterprise = _missing(request), request.user.enterprise
    if missing or enterprise is None:
        return render(request, "signing/seal_first.html", {"missing": missing, "next": safe_next(request)})
    posted = [request.POST, request.FILES] if request.method == "POST" else []
    form = SealForm(*posted, user=request.user, enterprise=enterprise, initial={"kind": request.GET.get("kind")})
    if form.is_valid():
        try:
            seal = form.save()
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _applied(seal))
            return _leave(request, reverse("seals:list") + next_suffix(request))
    context = {"form": form, "enterprise": enterprise, "next_suffix": next_suffix(request)}
    return render(request, "signing/seal_apply.html", context)


@require_POST
@customers_only
def preview(request: UserRequest) -> HttpResponseBase:
    """Send the picture of the seal that the system would make; nothing is kept."""
    form, enterprise = LookForm(request.POST), request.user.enterprise
    if enterprise is None:
        raise PermissionDenied
    try:
        if not form.is_valid():
            raise ValidationError([message for errors in form.errors.values() for message in errors])
        image = seal_art.picture(lifecycle.sketch(enterprise, **form.look()), 480)
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), content_type="text/plain; charset=utf-8", status=422)
    return harden_response(HttpResponse(image, content_type="image/png"))


@require_safe
@customers_only
def seal_list(request: UserRequest) -> HttpResponse:
    """我的印章: each with its state, its picture and the latest of its trace."""
    found = _with_trace(Seal.objects.of(request.user))
    return render(request, "signing/seal_list.html", {"seals": found, "next": safe_next(request), **_links(request)})


@require_safe
def picture(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Send a seal's picture, marked as a preview, to its enterprise's people and supervisors; never the original."""
    user = request.user
    visible = Seal.objects.all() if user.is_supervisor or user.is_superuser else Seal.objects.of(user)
    image = seal_art.picture(get_object_or_404(visible, pk=pk), 320)
    return harden_response(HttpResponse(image, content_type="image/png"))


@require_safe
@customers_only
def cancel_list(request: UserRequest) -> HttpResponse:
    """印章注销: those that can be cancelled."""
    found = Seal.objects.of(request.user).filter(state__in=SealState.open_states)
    return render(request, "signing/seal_cancel_list.html", {"seals": found, **_links(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@customers_only
def cancel(request: UserRequest, pk: UUID) -> HttpResponse:
    """Confirm, with a reason, that a seal goes out of use for good."""
    seal = get_object_or_404(Seal.objects.of(request.user), pk=pk)
    form = ReasonForm(posted(request))
    if form.is_valid():
        try:
            lifecycle.cancel(seal, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已注销“{seal}”，即时起不能再使用。")
            return redirect(reverse("seals:list") + next_suffix(request))
    return render(request, "signing/seal_cancel.html", {"form": form, "seal": seal, **_links(request)})


def _missing(request: UserRequest) -> list[tuple[str, str, str]]:
    """Return (what to do first, address, label) for all that an application still lacks."""
    user, steps = request.user, []
    back = urlencode({"next": request.get_full_path()})  # here again, and from here to where this page was to lead
    if user.enterprise is None:
        url = f"{reverse('accounts:enterprise')}?{back}"
        steps.append(("填写企业信息", "印章上的名称取自企业信息，请按营业执照填写。", url))
    if not user.is_verified:
        url = f"{reverse('accounts:identity')}?{back}"
        steps.append(("完成实名认证", "须确认是您本人在为企业申请印章。", url))
    return steps


def _applied(seal: Seal) -> str:
    if seal.is_usable:
        return f"“{seal}”已生成，现在就可以使用。"
    return f"“{seal}”的申请已提交，审核结果会以消息和短信通知您。"


def _leave(request: UserRequest, url: str) -> HttpResponse:
    """Send the browser on; the script that keeps chosen files gets the address alone and goes there itself."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return HttpResponse(status=201, headers={"Location": url})
    return redirect(url)


def _links(request: UserRequest) -> dict[str, str]:
    return {"next_suffix": next_suffix(request)}


def _with_trace(found: QuerySet[Seal]) -> QuerySet[Seal]:
    latest = SealEvent.objects.select_related("by").order_by("-number")[:TRACE]
    uses = Count("events", filter=Q(events__label=lifecycle.USED))
    return found.annotate(uses=uses).prefetch_related(Prefetch("events", latest, to_attr="trace"))
