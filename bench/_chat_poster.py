"""The application that is measured: bandian's own, and beside it a socket that has messages written in this process.

Each frame on /bench/, {"room": id, "k": number, "row": bool}, is one message by a member of the room in turn: with a
row it goes the whole way through chat.messaging.posting.post, without one only to the members' sockets. The limit of
ten messages in ten seconds is off, which would need a hundred authors; that it is looked up is not.
"""

import json
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from bandian.asgi import application as site

# Now the apps are ready.
# isort: split
from accounts.models import User
from bandian.db.pooled import give_back_connections
from bench import _chat_shape as shape
from chat.messaging import posting, throttle
from chat.models import Membership, Room
from notifications.live import publishing

throttle.MESSAGES = replace(throttle.MESSAGES, within=timedelta(0))
# Messages with a row come in as many threads as requests are at work under ASGI.
_sender, _writers = ThreadPoolExecutor(1), ThreadPoolExecutor(40)
_rooms, _seqs = {}, defaultdict(int)


def members_of(room):
    if room not in _rooms:
        users = list(User.objects.filter(chat_memberships__in=Membership.objects.filter(room=room)))
        _rooms[room] = Room.objects.get(pk=room), users
    return _rooms[room]


def post(room, k, row):
    try:
        place, users = members_of(room)
        if row:
            posting.post(place, posting.Draft(uuid4(), shape.body(k)), by=users[k % len(users)])
        else:
            _seqs[room] += 1
            publishing.send([user.pk for user in users], shape.event(room, k, _seqs[room]))
    except BaseException as error:
        print("not posted:", repr(error), file=sys.stderr, flush=True)
        raise
    finally:
        give_back_connections()  # as after a request


async def poster(receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        wanted = json.loads(message["text"])
        (_writers if wanted["row"] else _sender).submit(post, *wanted.values())


async def application(scope, receive, send):
    if scope["path"] == "/bench/":
        await poster(receive, send)
    else:
        await site(scope, receive, send)
