"""The live side of the inbox: says that something came, never what the database holds."""

from channels.generic.websocket import AsyncJsonWebsocketConsumer

LOGIN_NEEDED = 4401
CHECK_AGAIN = 1012


def group_of(user) -> str:
    """Return the name of the group that all sockets of the user join."""
    return f"user.{user.pk.hex}"


class NoticeConsumer(AsyncJsonWebsocketConsumer):
    """Forwards the notices of one user.

    A stranger is accepted and closed with 4401 at once, because a browser never learns the code of a
    refused handshake and would try for ever. Whatever the browser sends is dropped unread.
    """

    async def connect(self):
        await self.accept()
        user = self.scope.get("user")
        if user is None or not user.is_authenticated:
            await self.close(code=LOGIN_NEEDED)
            return
        self.groups.append(group_of(user))
        await self.channel_layer.group_add(group_of(user), self.channel_name)

    async def receive(self, text_data=None, bytes_data=None, **kwargs):
        pass

    async def notice(self, event):
        await self.send_json({key: event[key] for key in ("type", "id", "kind", "title")})

    async def session_check(self, event):
        """End the socket after a logout, lock or password change: a browser that still may comes back."""
        await self.close(code=CHECK_AGAIN)
