"""A browser's socket: frames of the hub out, and in only which room is open in front, and whether we still answer.

An ASGI application of its own instead of a channels consumer: that would subscribe to the channel layer for each
socket, and go through the one thread of the database for each frame.
"""

import asyncio
import json
from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY

from bandian.web.asgi_types import Receive, Scope, Send
from notifications.enums import Close
from notifications.live import hub, presence

# What a browser may send.
FRAMES_PER_SECOND = 5
MOST_CHARACTERS = 1024
# A connection may be dead without either end knowing: pages ask. The server's own pings are uvicorn's.
PONG = '{"type":"pong"}'


async def live_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one socket until it closes.

    A stranger is accepted and closed with 4401 at once, because a browser never learns the code of a refused
    handshake and would try for ever. Likewise one socket too many, with 4429.
    """
    await receive()
    await send({"type": "websocket.accept"})
    user, ours = scope.get("user"), hub.here()
    if user is None or not user.is_authenticated:
        await send({"type": "websocket.close", "code": Close.LOGIN_NEEDED})
        return
    socket = hub.Socket(
        user,
        session_key=scope["session"].session_key,
        auth_hash=scope["session"].get(HASH_SESSION_KEY, ""),
        address=(scope.get("client") or [""])[0],
        now=asyncio.get_running_loop().time(),
    )
    if not ours.admit(socket):
        await send({"type": "websocket.close", "code": Close.TOO_MUCH})
        return
    try:
        await _serve(socket, receive, send)
    finally:
        ours.dismiss(socket)
        if socket.room:
            await presence.note_front(socket, None)


async def _serve(socket: hub.Socket, receive: Receive, send: Send) -> None:
    """Read and write until the browser leaves or the hub closes the socket."""
    reader, writer = asyncio.ensure_future(_read(socket, receive)), asyncio.ensure_future(_write(socket, send))
    try:
        waiting: set[asyncio.Future[Any]] = {reader, writer, socket.closing}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if socket.closing.done():
            writer.cancel()
            # Waits behind what the browser has not read yet; until then the socket counts as open.
            writer = asyncio.ensure_future(send({"type": "websocket.close", "code": socket.closing.result()}))
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        reader.cancel()
        writer.cancel()
        ends = await asyncio.gather(reader, writer, return_exceptions=True)
    for end in ends:
        # OSError: the browser went away while a frame was being sent.
        if isinstance(end, Exception) and not isinstance(end, OSError):
            raise end


async def _write(socket: hub.Socket, send: Send) -> None:
    while True:
        await send({"type": "websocket.send", "text": await socket.next()})


async def _read(socket: hub.Socket, receive: Receive) -> None:
    """Take what the browser sends until it leaves; a flood closes the socket, nonsense is dropped."""
    clock, second, count = asyncio.get_running_loop().time, 0, 0
    while (message := await receive())["type"] != "websocket.disconnect":
        if int(clock()) != second:
            second, count = int(clock()), 0
        count += 1
        if count > FRAMES_PER_SECOND:
            socket.close(Close.TOO_MUCH)
        elif not socket.closing.done():
            await _take(socket, message.get("text") or "")


async def _take(socket: hub.Socket, text: str) -> None:
    try:
        said = json.loads(text) if len(text) <= MOST_CHARACTERS else {}
        if "ping" in said:
            socket.put(PONG)
            return
        room = said["front"]
        room = UUID(room) if room is not None else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return
    if room != socket.room:
        socket.room = room
        await presence.note_front(socket, room)
