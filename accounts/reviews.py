"""What waits for a supervisor's decision: announced like a step, in the inbox and by SMS, until it is decided."""

from collections.abc import Iterable

from accounts.enums import Role
from accounts.models import User
from notifications.enums import Kind
from notifications.services import mark_key_read, notify


def ask(what: str, *, body: str, url: str, key: str, to: Iterable[User] | None = None) -> None:
    """Tell all supervisors that something waits, or those it is for, in the caller's transaction; `key` names it, so
    that it waits once.

    The SMS says what kind of thing it is, and nobody's name.
    """
    readers = User.objects.filter(role=Role.SUPERVISOR, is_active=True) if to is None else to
    sms = f"【办电E助手】有新的{what}，请登录工作台办理。"
    notify(readers, kind=Kind.REVIEW, title=what, body=body, url=url, key=_key(key), sms=sms)


def done(key: str) -> None:
    """Take what was decided out of the inboxes."""
    for user in User.objects.filter(notifications__key=_key(key), notifications__read_at=None).distinct():
        mark_key_read(user, _key(key))


def _key(key: str) -> str:
    return f"review:{key}"
