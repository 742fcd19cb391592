"""The way in for contacts: the link, the phone, its code, a new account, and the room.

Who has an account logs in to it as always, with all that guards it, and then comes in by the link.
A GET changes nothing: messengers fetch links to show a preview.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from accounts import services
from accounts.enums import CodePurpose
from accounts.forms.account_forms import CodeForm, PhoneForm, RegisterForm
from accounts.login import challenges, codes
from accounts.models import User
from accounts.validators import mask_phone
from accounts.views.code_steps import public_step
from bandian.web.posting import posted
from chat.exceptions import ChatError
from chat.models import Invitation
from chat.rooms import inviting, links

WRONG = "手机号与邀请不一致，或邀请已失效。请填写收到邀请的手机号，或联系邀请人重新发送。"


def _invited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand a page its invitation; lead on who is in already, and say so where the link is void."""

    @public_step
    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        invitation = links.invitation_of(token)
        if invitation is None:
            raise Http404
        if inviting.place_of(invitation, request.user):
            return redirect(invitation.room)
        if not (invitation.is_pending and invitation.room.is_open):
            return render(request, "chat/join_void.html", status=410)
        try:
            return view(request, invitation, token)
        except ChatError:  # used, revoked or closed at this moment
            return render(request, "chat/join_void.html", status=410)

    return guarded


@_invited
def start(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Say who invites to what, and ask for the phone; who is logged in with it comes in at once."""
    user = request.user
    is_own = user.is_authenticated and user.phone == invitation.phone
    if user.is_authenticated and is_own and request.method == "POST":
        return _enter(request, invitation, user)
    form = PhoneForm(posted(request))
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            if not inviting.fits(invitation, phone):
                raise ValidationError(WRONG)
            challenges.start(request, CodePurpose.JOIN, phone)
            return redirect("chat:join_code", token)
        except ValidationError as error:
            form.add_error("phone", error)
    return _page(request, "chat/join.html", invitation, form=form, is_own=is_own)


@_invited
def code(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    phone = challenges.pending_phone(request, CodePurpose.JOIN)
    if phone != invitation.phone:
        is_proven = challenges.proven_phone(request, CodePurpose.JOIN) == invitation.phone
        return redirect("chat:join_details" if request.method == "POST" and is_proven else "chat:join_start", token)
    form = CodeForm(posted(request))
    if form.is_valid():
        try:
            challenges.confirm(request, CodePurpose.JOIN, form.cleaned_data["code"])
        except ValidationError as error:
            form.add_error("code", error)
        else:
            return redirect("chat:join_details", token)
    wait = codes.seconds_to_wait(phone, CodePurpose.JOIN)
    told = {"phone": phone, "masked_phone": mask_phone(phone), "wait": wait}
    told["demo_text"] = challenges.demo_text(request)
    return _page(request, "chat/join_code.html", invitation, form=form, **told)


@_invited
def details(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Name and password of a new account, which comes into being together with the place in the room."""
    phone = challenges.proven_phone(request, CodePurpose.JOIN)
    if phone != invitation.phone:
        return redirect("chat:join_start", token)
    form = RegisterForm(posted(request), phone=phone, initial={"name": invitation.name})
    if form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data["password"]
        try:
            member = inviting.accept_as_new(invitation, phone=phone, name=name, password=password)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            challenges.finish(request)
            services.log_in(request, member.user)
            return _welcome(request, invitation, member.user)
    return _page(request, "chat/join_details.html", invitation, form=form, masked_phone=mask_phone(phone))


def _enter(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    inviting.accept(invitation, user)
    return _welcome(request, invitation, user)


def _welcome(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    """Lead into the room, first to the real-name check where it is still to come."""
    if user.is_staff or user.is_verified:
        messages.success(request, "您已加入群聊。")
        return redirect(invitation.room)
    messages.success(request, "您已加入群聊。完成实名认证后可以发消息，在此之前只能查看。")
    return redirect(f"{reverse('accounts:identity')}?{urlencode({'next': invitation.room.get_absolute_url()})}")


def _page(request: HttpRequest, template: str, invitation: Invitation, **context: Any) -> HttpResponse:
    order = invitation.room.order
    inviter = invitation.invited_by
    token = links.token_of(invitation)
    shown = {
        # A customer's name is not for a stranger who was sent the link.
        "inviter": f"客户经理 {inviter.name}" if inviter.is_staff else "办电客户",
        "tail": str(order)[-4:],
        "company": order.service_area.company,
        "role": invitation.get_role_display(),
        "token": token,
        "login": f"{reverse('accounts:login')}?{urlencode({'next': reverse('chat:join_start', args=[token])})}",
        "expires_at": invitation.expires_at,
    }
    return render(request, template, shown | context)
