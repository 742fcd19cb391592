"""What a user may do in a room; asked anew by everything that reads or writes one."""

from django.utils.functional import cached_property

from accounts.models import User
from chat.enums import MemberRole
from chat.exceptions import ChatError
from chat.models import Membership, Room
from workorders.rights import is_manager

_OUTSIDE = "not_allowed", "您不在这个群聊里，只能查看。"


class Access:
    """A user in a room, as of now. `membership` is None for staff who only look."""

    def __init__(self, room: Room, user: User, membership: Membership | None = None) -> None:
        self.room, self.user = room, user
        self.membership = membership or Membership.objects.entitled().filter(room=room, user=user).first()

    @property
    def is_manager(self) -> bool:
        return self.membership is not None and self.membership.role == MemberRole.MANAGER

    @property
    def is_host(self) -> bool:
        """Whether the user may invite contacts and take them out again: the customer and the manager."""
        return self.membership is not None and not self.membership.is_contact

    @property
    def may_invite(self) -> bool:
        return self.is_host and self.room.is_open

    @property
    def may_join(self) -> bool:
        """Whether a manager of the order's area, e.g. standing in for a colleague, may come in by themselves."""
        return self.membership is None and self.room.is_open and is_manager(self.room.order, self.user)

    @property
    def may_export(self) -> bool:
        """Whether the user may take the whole transcript along: the hosts, and staff who see the order."""
        return self.is_host or self.user.is_staff

    @cached_property
    def obstacle(self) -> tuple[str, str] | None:
        """What keeps the user from saying something, as (code, words); None where nothing does."""
        if not self.room.is_open:
            return "readonly", f"工单{self.room.order.get_state_display()}，群聊只读，不能再发消息。"
        if self.membership is None:
            return _OUTSIDE
        if not (self.user.is_staff or self.user.is_verified):
            return "unverified", "待实名：完成实名认证后才能发消息，现在可以查看。"
        return None

    def check_member(self) -> Membership:
        """Return the user's place in the room; raise ChatError for staff who only look."""
        if self.membership is None:
            raise ChatError(*_OUTSIDE)
        return self.membership

    def check_may_post(self) -> None:
        """Raise ChatError with what keeps the user from saying something."""
        if self.obstacle:
            raise ChatError(*self.obstacle)

    @property
    def may_post(self) -> bool:
        return self.obstacle is None
