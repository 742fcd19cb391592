"""The second factor of staff, for sockets."""

from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser

from accounts.login import second_factor
from bandian.web.asgi_types import App, Receive, Scope, Send


class SecondFactorSockets:
    """ASGI middleware: to a socket, staff who have yet to show the second factor are strangers.

    Inside AuthMiddlewareStack, which puts session and user into the scope.
    """

    def __init__(self, application: App) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if await database_sync_to_async(second_factor.is_missing)(scope["session"], scope["user"]):
            scope = {**scope, "user": AnonymousUser()}
        return await self.application(scope, receive, send)
