"""Sessions that know their user, and when they end.

The columns beside Django's own are copied from the session's data at each save (Django: "Extending
database-backed session engines"). A row past `expire_date` is dead for pages and WebSockets alike.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone

# What accounts.login.sessions writes into the session of someone who is logged in.
LOGIN = "login"
# (idle, absolute), by whether the user is staff; source: OWASP ASVS 5.0, 7.3.1 and 7.3.2.
LIMITS = {
    False: (timedelta(minutes=30), timedelta(hours=12)),
    True: (timedelta(minutes=15), timedelta(hours=8)),
}


class SessionQuerySet(models.QuerySet["Session"]):
    def alive(self) -> Self:
        return self.filter(expire_date__gt=timezone.now())


class Session(AbstractBaseSession):
    # Names the session in addresses, where its key would give it away. Not unique: while the key is being cycled
    # there are two rows, and the store would take a clash for one of keys and try for ever.
    public_id = models.UUIDField(null=True, editable=False)
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, related_name="sessions", verbose_name="用户", editable=False
    )
    browser = models.CharField("浏览器", max_length=60)
    address = models.CharField("网络地址", max_length=45)
    started_at = models.DateTimeField("登录时间", null=True)
    seen_at = models.DateTimeField("最近使用", null=True)
    # Of the browser that asks (accounts.sessions.list_of).
    is_this = False

    objects = BaseSessionManager.from_queryset(SessionQuerySet)()  # type: ignore[misc]  # a ClassVar in the stubs

    class Meta(AbstractBaseSession.Meta):
        verbose_name = verbose_name_plural = "登录"
        ordering = ["-seen_at"]

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        return SessionStore


class SessionStore(DatabaseStore):
    """The engine that the setting SESSION_ENGINE names."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        if user := data.get(SESSION_KEY):  # however it was opened, so that it can be ended
            row.user_id = uuid.UUID(user)
        if login := data.get(LOGIN):
            row.public_id = uuid.UUID(login["id"])
            row.browser, row.address = login["browser"], login["address"]
            row.started_at, row.seen_at = map(datetime.fromisoformat, (login["started"], login["seen"]))
            idle, absolute = LIMITS[login["staff"]]
            row.expire_date = min(row.seen_at + idle, row.started_at + absolute)
        return row
