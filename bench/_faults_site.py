"""The site as the fault scenarios run it: bandian's application, with faults that the environment asks for.

FAULT_POINT and FAULT_FLAG: the process kills itself (SIGKILL) where the point is reached while the file is there.
FAULT_CLOCK: this host's clock is so many seconds ahead.
A socket on /bench/sleep/ runs a query of two seconds, as a consumer does that is badly written; one on /bench/push/
sends 64 KiB to the user named.
"""

import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.db import connection
from django.utils import timezone

from bandian.asgi import application as site

# Now the apps are ready.
# isort: split
from notifications.live import publishing

ROOT = Path(__file__).resolve().parents[1]
# Where the axe falls: (file, function, "call" or "return").
POINTS = {
    "before the commit": ("chat/messaging/posting.py", "_write", "return"),
    "between commit and publish": ("notifications/live/publishing.py", "publish", "call"),
}


def watch_for(point, flag):
    file, function, moment = POINTS[point]
    path = str(ROOT / file)

    def watch(frame, event, _):
        code = frame.f_code
        if event == moment and code.co_name == function and code.co_filename == path and flag.exists():
            flag.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(watch)
    sys.setprofile(watch)


if "FAULT_POINT" in os.environ:
    watch_for(os.environ["FAULT_POINT"], Path(os.environ["FAULT_FLAG"]))
if "FAULT_CLOCK" in os.environ:
    right, ahead = timezone.now, timedelta(seconds=int(os.environ["FAULT_CLOCK"]))
    timezone.now = lambda: right() + ahead


@database_sync_to_async
def sleep():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2)")


@sync_to_async
def push(user):
    publishing.send([UUID(user)], {"type": "bench", "text": "x" * 65000})


async def sleeper(receive, send):
    await sleep()
    await send({"type": "websocket.close", "code": 1000})


async def pusher(receive, send):
    while (message := await receive())["type"] != "websocket.disconnect":
        await push(message["text"])
        await send({"type": "websocket.send", "text": "pushed"})


async def application(scope, receive, send):
    work = {"/bench/sleep/": sleeper, "/bench/push/": pusher}.get(scope["path"])
    if work is None:
        await site(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.accept"})
    await work(receive, send)
