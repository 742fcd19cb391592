"""Sessions that know their user, and when they end.

The columns beside Django's own are copied from the session's data at each save (Django: "Extending
database-backed session engines"). A row past `expire_date` is dead for pages and WebSockets alike.
"""

import uuid
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import connection, models
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

    def load(self) -> dict[str, Any]:
        """Return the data of the living row with this key; none where there is no such row, and no key then either."""
        sql, order = _question()
        values = {"now": connection.ops.adapt_datetimefield_value(timezone.now()), "key": self.session_key}
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[name] for name in order])  # the ORM's own words
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
        return self.decode(row[0]) if row else {}

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


@cache
def _question() -> tuple[str, list[str]]:
    """Return the SQL for the data of a living row, and which of its values comes when.

    Every request asks it, and to write it took the ORM ten times as long as the database to answer.
    """
    rows = Session.objects.alive().filter(session_key="key").order_by().values_list("session_data")
    sql, values = rows.query.sql_with_params()
    return sql, ["key" if value == "key" else "now" for value in values]
