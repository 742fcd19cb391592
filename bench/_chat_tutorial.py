"""Baseline: a chat as the tutorials of Channels build it, one consumer per socket, a group per room, a row per message.

The channel layer is the quicker one of channels_redis (Pub/Sub). It keeps no numbers, knows no members and no rules.
"""

import os

import django
from django.conf import settings

from bandian.env import env
from bench import _chat_shape as shape
from bench._chat_world import SITE

settings.configure(
    SECRET_KEY=SITE["SECRET_KEY"],
    DATABASES={"default": env.dj_db_url("DATABASE_URL", conn_max_age=None)},
    INSTALLED_APPS=["django.contrib.contenttypes", "channels"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": os.environ["REDIS_URL"], "socket_timeout": 15}], "prefix": "tutorial"},
        }
    },
)
django.setup()

from channels.db import database_sync_to_async  # noqa: E402 - needs the settings
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import URLRouter  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402


class Line(models.Model):
    room = models.CharField(max_length=40, db_index=True)
    number = models.IntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "tutorial"

    def __str__(self):
        return self.body


if Line._meta.db_table not in connection.introspection.table_names():
    with connection.schema_editor() as editor:
        editor.create_model(Line)
connection.close()


class RoomConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self):
        self.group = f"room_{self.scope['url_route']['kwargs']['room']}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await super().connect()  # which accepts

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content):
        room, k = content["room"], content["k"]
        event = shape.event(room, k, k)
        if content["row"]:
            await self.keep(room, k, shape.body(k))
        await self.channel_layer.group_send(f"room_{room}", {"type": "room.line", "event": event})

    async def room_line(self, event):
        await self.send_json(event["event"])

    @database_sync_to_async
    def keep(self, room, k, body):
        Line.objects.create(room=room, number=k, body=body)


application = URLRouter([path("<room>/", RoomConsumer.as_asgi())])
