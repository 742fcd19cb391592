"""Bringing contacts in by link: one link for one phone, used once, within seven days."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import services
from accounts.enums import Role
from accounts.models import User
from bandian.db.locks import atomic
from chat import audit
from chat.enums import AuditAction, MemberRole
from chat.exceptions import ChatError, NotFound
from chat.messaging import notices, numbering, throttle
from chat.models import Invitation, Membership, Room
from chat.models.invitation import LIFETIME
from chat.rights import Access
from chat.rooms import links, membership

GONE = "邀请已失效，请联系邀请人重新发送。"


@atomic
def invite(room: Room, *, role: MemberRole, name: str, phone: str, by: User) -> Invitation:
    """Invite a contact; an earlier link for the same phone is revoked. Raises NotFound, ChatError."""
    room = _hosted(room.pk, by)
    if room.memberships.present().filter(user__phone=phone).exists():
        raise ChatError("invalid", "该手机号的用户已经在群里，不用再邀请。")
    rate = throttle.INVITATIONS
    recent = room.invitations.filter(created_at__gt=timezone.now() - rate.within).order_by("created_at")
    if wait := throttle.seconds_to_wait(rate, recent.values_list("created_at", flat=True)):
        raise ChatError("too_fast", f"一小时内最多邀请 {rate.most} 次，请稍后再邀请。", wait=wait)
    for earlier in of_phone(room, phone):
        _revoke(earlier)
    invitation = Invitation.objects.create(
        room=room, role=role, name=name, phone=phone, invited_by=by, expires_at=timezone.now() + LIFETIME
    )
    audit.record(room, AuditAction.INVITE, by=by, about=str(invitation))
    if account := User.objects.filter(phone=phone, is_active=True).first():
        notices.of_invitation(invitation, account, reverse("chat:join_start", args=[links.token_of(invitation)]))
    return invitation


def again(invitation: Invitation, *, by: User) -> Invitation:
    """Send a new link to the same person; the old one is void."""
    role = MemberRole(invitation.role)
    return invite(invitation.room, role=role, name=invitation.name, phone=invitation.phone, by=by)


@atomic
def revoke(invitation: Invitation, *, by: User) -> None:
    room = _hosted(invitation.room_id, by)
    if _revoke(invitation):
        audit.record(room, AuditAction.REVOKE, by=by, about=str(invitation))


def of_phone(room: Room, phone: str) -> list[Invitation]:
    """Return the links for a phone that still let somebody in; phones are sealed, so the room's few are read."""
    return [each for each in room.invitations.pending() if each.phone == phone]


def fits(invitation: Invitation, phone: str) -> bool:
    """Whether the phone is the invited one; a wrong one is counted, and after five the link is locked."""
    if constant_time_compare(invitation.phone, phone):
        return True
    Invitation.objects.filter(pk=invitation.pk).update(tries=F("tries") + 1)
    return False


@atomic
def accept(invitation: Invitation, user: User) -> Membership:
    """Bring in the person whose phone was proven; one of many at once wins. Raises ChatError where the link is void."""
    room = numbering.lock(invitation.room_id)
    if not room.is_open or user.phone != invitation.phone:
        raise ChatError("invalid", GONE)
    used = Invitation.objects.pending().filter(pk=invitation.pk).update(used_at=timezone.now(), used_by=user)
    if not used:
        raise ChatError("invalid", GONE)
    return membership.add(room, user, MemberRole(invitation.role), by=invitation.invited_by)


@atomic
def accept_as_new(invitation: Invitation, *, phone: str, name: str, password: str) -> Membership:
    """Open an account for a proven phone and bring its person in: both or neither."""
    return accept(invitation, services.register(phone=phone, name=name, password=password, role=Role.CONTACT))


def place_of(invitation: Invitation, user: User | AnonymousUser) -> Membership | None:
    """Return the user's place in the room that the link leads to, where they are in already."""
    if not user.is_authenticated:
        return None
    return invitation.room.memberships.present().filter(user=user).first()


def _hosted(pk: UUID, by: User) -> Room:
    room = numbering.lock(pk)
    access = Access(room, by)
    if access.membership is None:
        raise NotFound
    if not access.may_invite:
        raise ChatError("not_allowed", "只有客户和客户经理可以邀请；工单办结后不能再邀请。")
    return room


def _revoke(invitation: Invitation) -> int:
    return Invitation.objects.pending().filter(pk=invitation.pk).update(revoked_at=timezone.now())
