"""群成员 and the + beside them: who is in, who was invited, and inviting, revoking, removing."""

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import IdentityStatus
from accounts.keeping.repeats import acts_each_time
from accounts.models import RealName
from accounts.requests import UserRequest
from bandian.web.posting import posted
from chat.exceptions import ChatError
from chat.forms.chat_forms import InviteForm
from chat.models import Invitation
from chat.rights import Access
from chat.rooms import inviting, links, membership
from chat.views.access import entered, handle_errors


@require_safe
def listing(request: UserRequest, pk: UUID) -> HttpResponse:
    access = entered(request, pk)
    proven = RealName.objects.filter(user=OuterRef("user"), status=IdentityStatus.APPROVED, name=OuterRef("user__name"))
    present = access.room.memberships.entitled().select_related("user").annotate(is_proven=Exists(proven))
    context = {"access": access, "room": access.room, "members": present}
    if access.is_host:
        context["invitations"] = access.room.invitations.filter(used_at=None, revoked_at=None)
    return render(request, "chat/members.html", context)


@require_http_methods(["GET", "POST"])
@handle_errors
def invite(request: UserRequest, pk: UUID) -> HttpResponse:
    access = _host(request, pk)
    form = InviteForm(posted(request))
    if form.is_valid():
        try:
            invitation = inviting.invite(access.room, by=request.user, **form.cleaned_data)
            return redirect("chat:invitation", access.room.pk, invitation.pk)
        except ChatError as error:
            form.add_error(None, error.message)
    return render(request, "chat/invite.html", {"room": access.room, "form": form})


@require_safe
@handle_errors
def invitation(request: UserRequest, pk: UUID, invitation: UUID) -> HttpResponse:
    """The link with its QR code and a text message, to share with the person it is for."""
    access = _host(request, pk)
    found = _invitation(access, invitation)
    link = links.address(request, found)
    context = {"room": access.room, "invitation": found, "link": link}
    words = links.words(found, link)
    context |= {"qr": links.picture(link), "words": words, "sms": f"sms:{found.phone}?body={quote(words)}"}
    context["submitted"] = "submitted" in request.GET
    return render(request, "chat/invitation.html", context)


@require_POST
@handle_errors
def again(request: UserRequest, pk: UUID, invitation: UUID) -> HttpResponse:
    access = _host(request, pk)
    try:
        new = inviting.again(_invitation(access, invitation), by=request.user)
    except ChatError as error:
        messages.error(request, error.message)
        return redirect("chat:members", access.room.pk)
    messages.success(request, "已生成新链接，之前的链接作废。")
    return redirect("chat:invitation", access.room.pk, new.pk)


@acts_each_time
@require_POST
@handle_errors
def revoke(request: UserRequest, pk: UUID, invitation: UUID) -> HttpResponse:
    access = _host(request, pk)
    found = _invitation(access, invitation)
    inviting.revoke(found, by=request.user)
    messages.success(request, f"已撤销对{found.name}的邀请。")
    return redirect("chat:members", access.room.pk)


@acts_each_time
@require_POST
@handle_errors
def remove(request: UserRequest, pk: UUID, member: UUID) -> HttpResponse:
    access = entered(request, pk)
    found = get_object_or_404(access.room.memberships.select_related("user", "room"), pk=member)
    access.check_member()
    membership.remove(found, by=request.user)
    if found.user_id == request.user.pk:
        messages.success(request, "您已退出群聊。")
        return redirect("chat:rooms")
    messages.success(request, f"已将{found.user.name}移出群聊。")
    return redirect("chat:members", access.room.pk)


@acts_each_time
@require_POST
@handle_errors
def mute(request: UserRequest, pk: UUID) -> HttpResponse:
    access = entered(request, pk)
    membership.mute(access.check_member(), "on" in request.POST)
    return redirect("chat:members", access.room.pk)


def _host(request: UserRequest, pk: UUID) -> Access:
    access = entered(request, pk)
    if not access.may_invite:
        raise ChatError("not_allowed", "只有客户和客户经理可以邀请；工单办结后不能再邀请。")
    return access


def _invitation(access: Access, pk: UUID) -> Invitation:
    return get_object_or_404(access.room.invitations.select_related("room__order"), pk=pk)
