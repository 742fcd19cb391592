"""Who hears of a message while the room is not in front of them: one line of the inbox per room until it is read."""

from collections.abc import Collection
from uuid import UUID

from accounts.models import User
from chat.enums import EVERYBODY
from chat.messaging import serializers
from chat.messaging.text import one_line
from chat.models import Invitation, Message, Room
from notifications.enums import Kind
from notifications.models import Notification
from notifications.services import mark_key_read, notify


def of_message(room: Room, message: Message, members: dict[UUID, bool], front: set[UUID]) -> None:
    """Tell the members but the author and those who look at the room; 免打扰 (True) counts but for who was named."""
    away = [user_id for user_id in members if user_id not in front and user_id != message.author_id]
    wanted = set(message.mentions)
    named = {user_id for user_id in away if {user_id.hex, EVERYBODY} & wanted}
    others = {user_id for user_id in away if user_id not in named and not members[user_id]}
    if not named | others:
        return
    users = User.objects.in_bulk(named | others)
    plain, naming = titles_of(message)
    _tell(room, [users[user_id] for user_id in others], plain)
    _tell(room, [users[user_id] for user_id in named], naming)


def of_recall(room: Room, message: Message, titles: tuple) -> None:
    """Take the words of a message that was taken back out of the inboxes; `titles` are those it had."""
    gone = f"{message.author.name}：{serializers.summary(message)}"
    Notification.objects.filter(key=_key(room), title__in=titles).update(title=gone)


def titles_of(message: Message) -> tuple:
    """Return what the inboxes say of a message: to everybody, and to those who are named."""
    # Short enough to stand in the inbox whole.
    plain = f"{message.author.name}：{one_line(serializers.summary(message), 40)}"
    return plain, f"[有人@您] {plain}"


def read(room: Room, user: User) -> None:
    """Take the room's line out of what is unread."""
    mark_key_read(user, _key(room))


def of_invitation(invitation: Invitation, user: User, url: str) -> None:
    """Tell somebody who has an account already that they are invited."""
    body = f"以{invitation.get_role_display()}的身份加入高压新装工单群聊，7 天内有效。"
    notify([user], kind=Kind.INVITATION, title="邀请您加入群聊", body=body, url=url)


def _tell(room: Room, users: Collection[User], title: str) -> None:
    if users:
        body = f"工单 {room.order} 的群聊"
        notify(users, kind=Kind.MESSAGE, title=title, body=body, url=room.get_absolute_url(), key=_key(room))


def _key(room: Room) -> str:
    return f"room:{room.pk}"
