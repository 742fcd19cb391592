"""Who comes into a room and who leaves it, how far everybody has read."""

from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic
from chat import audit
from chat.enums import AuditAction, MemberRole
from chat.exceptions import ChatError, NotFound
from chat.messaging import notices, numbering, posting, publish
from chat.models import Membership, Room
from chat.rights import Access

MOST = 100


def add(room: Room, user: User, role: MemberRole, *, by: User | None = None, silently: bool = False) -> Membership:
    """Bring somebody into a locked room, or return their place where they are in it; a contact sees what comes now."""
    if (present := room.memberships.present().filter(user=user).first()) is not None:
        return present
    if room.memberships.present().count() >= MOST:
        raise ChatError("invalid", f"群成员已满 {MOST} 人，请先移出不再需要的成员。")
    before = room.last_seq if role in MemberRole.contacts else 0
    # The line that follows tells them nothing new.
    member = Membership.objects.create(
        room=room, user=user, role=role, history_from_seq=before, last_read_seq=room.last_seq + 1
    )
    audit.record(room, AuditAction.JOIN, by=by or user, about=str(member))
    if not silently:
        posting.announce(room, f"{role.label} {user.name} 加入了群聊", key=f"join:{member.pk}")
    return member


@atomic
def join(room: Room, *, by: User) -> Membership:
    """Let a manager of the order's area in, e.g. for a colleague who is away; raises ChatError for other staff."""
    room = numbering.lock(room.pk)
    access = Access(room, by)
    if access.membership is None and not access.may_join:
        raise ChatError("not_allowed", "只有本工单供电单位的客户经理可以加入。")
    return add(room, by, MemberRole.MANAGER)


@atomic
def remove(member: Membership, *, by: User, reason: str = "") -> None:
    """Take a contact out at once, by the customer or a manager; a contact may also leave by themselves.

    Raises NotFound for one who is not in the room, ChatError where they may not.
    """
    room = numbering.lock(member.room_id)
    access = Access(room, by)
    if access.membership is None:
        raise NotFound
    found = room.memberships.present().select_related("user").filter(pk=member.pk).first()
    if found is None:
        return
    if not found.is_contact or not (access.is_host or found.user_id == by.pk):
        raise ChatError("not_allowed", "只有客户和客户经理可以移出设计、施工单位的联系人。")
    end(room, found, by=by, reason=reason)


def end(room: Room, member: Membership, *, by: User | None = None, reason: str = "") -> None:
    """Close a member's place in a locked room; from the commit on they get nothing more."""
    member.removed_at, member.removed_by, member.removal_reason = timezone.now(), by, reason[:100]
    member.save(update_fields=["removed_at", "removed_by", "removal_reason"])
    audit.record(room, AuditAction.REMOVE, by=by, about=str(member), reason=reason)
    what = "退出了群聊" if by and by.pk == member.user_id else "已移出群聊"
    posting.announce(room, f"{member.get_role_display()} {member.user.name} {what}", key=f"leave:{member.pk}")
    publish.removed(room, member.user)


def follow_manager(room: Room, manager: User) -> None:
    """Give a locked room the order's manager, in place of those before."""
    for member in room.memberships.present().filter(role=MemberRole.MANAGER).select_related("user"):
        if member.user_id != manager.pk:
            end(room, member, reason="客户经理变更")
    add(room, manager, MemberRole.MANAGER)


@atomic
def mark_read(member: Membership, seq: int) -> None:
    """Note how far a member has read; it only ever grows, and never beyond what there is."""
    seq = min(seq, member.room.last_seq)
    if Membership.objects.filter(pk=member.pk, last_read_seq__lt=seq).update(last_read_seq=seq):
        member.last_read_seq = seq
        publish.read(member.room, member)
        notices.read(member.room, member.user)


def know_own_step(room: Room, user: User, before: int) -> None:
    """Let what the system says of a step in a locked room be nothing new to who took it and had read all until then."""
    member = room.memberships.present().filter(user=user, last_read_seq__gte=before).first()
    if member is not None:
        member.room = room
        mark_read(member, room.last_seq)


def mute(member: Membership, muted: bool) -> None:
    """Switch 免打扰."""
    Membership.objects.filter(pk=member.pk).update(muted=muted)
