"""The sockets of this process, and the way of a frame to them.

Each event loop that serves sockets has one hub. Whoever has something to tell, in whatever thread, hands packets
to `spread`; the hub puts the ready frame into the queue of each socket of the people named. No database, no other
thread and no channel layer is on that way; the layer only carries packets to the hubs of other processes (relay).

A packet is (user ids in hex, frame, code): the frame goes to their sockets, or, where a code is given, their
sockets are closed with it.
"""

import asyncio
import logging
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from channels.layers import get_channel_layer
from django.conf import settings

from notifications.enums import Close
from notifications.live import presence, relay
from notifications.live.relay import Packet

if TYPE_CHECKING:
    from accounts.models import User


# What may wait for one socket; beyond that it is closed, and its page connects again and asks for what it missed.
MOST_FRAMES = 1000
MOST_CHARACTERS = 1024 * 1024
# Of these, go to the browser together.
MOST_AT_ONCE = 20
INSPECTION_SECONDS = 30

logger = logging.getLogger(__name__)
_hubs: dict[asyncio.AbstractEventLoop, "Hub"] = {}
_lock = threading.Lock()


class Socket:
    """One open socket: who it belongs to, and what waits for it. `closing` gets the code to close it with."""

    def __init__(self, user: "User", *, session_key: str, auth_hash: str, address: str, now: float) -> None:
        self.id = uuid4()
        self.user_id, self.session_key, self.auth_hash = user.pk.hex, session_key, auth_hash
        self.address, self.opened_at = address, now
        self.room: UUID | None = None
        self._loop = asyncio.get_running_loop()
        self.closing: asyncio.Future[int] = self._loop.create_future()
        self._frames: deque[str] = deque()
        self._characters = 0
        self._waker: asyncio.Future[None] | None = None

    def put(self, frame: str) -> None:
        """Let a frame wait for the socket; one that is too far behind is closed."""
        if self.closing.done():
            return
        self._characters += len(frame)
        if len(self._frames) == MOST_FRAMES or self._characters > MOST_CHARACTERS:
            self.close(Close.TRY_AGAIN_LATER)
            return
        self._frames.append(frame)
        if self._waker and not self._waker.done():
            self._waker.set_result(None)

    def close(self, code: int) -> None:
        """Close with the code of the first call; what waits is dropped."""
        if not self.closing.done():
            self.closing.set_result(code)
            self._frames.clear()

    async def next(self) -> str:
        """Return what waits, as soon as there is something; asked by one task only.

        One frame as it is; several, where they came faster than they went, as one array of JSON.
        """
        while not self._frames:
            self._waker = self._loop.create_future()
            await self._waker
        frames = [self._frames.popleft() for _ in range(min(len(self._frames), MOST_AT_ONCE))]
        self._characters -= sum(map(len, frames))
        return f"[{','.join(frames)}]" if len(frames) > 1 else frames[0]


class Hub:
    def __init__(self) -> None:
        self.by_user: defaultdict[str, set[Socket]] = defaultdict(set)
        self.addresses: Counter[str] = Counter()
        layer = get_channel_layer()
        self.relay = relay.Relay(self, layer) if relay.reaches_others(layer) else None
        work = [self._watch(), *(self.relay.work() if self.relay else ())]
        self._tasks = [asyncio.ensure_future(part) for part in work]

    @property
    def sockets(self) -> list[Socket]:
        return [socket for own in self.by_user.values() for socket in own]

    def admit(self, socket: Socket) -> bool:
        """Take the socket in, unless its user or its address has too many."""
        own = self.by_user.get(socket.user_id, ())
        if len(own) >= settings.SOCKETS_PER_USER or self.addresses[socket.address] >= settings.SOCKETS_PER_ADDRESS:
            return False
        self.by_user[socket.user_id].add(socket)
        self.addresses[socket.address] += 1
        return True

    def dismiss(self, socket: Socket) -> None:
        self.by_user[socket.user_id].discard(socket)
        if not self.by_user[socket.user_id]:
            del self.by_user[socket.user_id]
        self.addresses -= Counter([socket.address])

    def deliver(self, packets: Iterable[Packet]) -> None:
        for people, frame, code in packets:
            for user_id in people:
                for socket in self.by_user.get(user_id, ()):
                    if code:
                        socket.close(code)
                    else:
                        socket.put(frame)

    def spread(self, packets: Sequence[Packet]) -> None:
        """Deliver here, and pass on to the other processes."""
        self.deliver(packets)
        if self.relay:
            self.relay.offer(packets)

    def tell_all(self, frame: str) -> None:
        for socket in self.sockets:
            socket.put(frame)

    async def _watch(self) -> None:
        """Close the sockets whose session has ended, also where word of it got lost (OWASP ASVS 5.0, 4.4.3)."""
        while True:
            await asyncio.sleep(INSPECTION_SECONDS)
            await self.inspect()

    async def inspect(self) -> None:
        sockets = self.sockets
        try:
            for socket, code in await presence.inspect(sockets, asyncio.get_running_loop().time()):
                socket.close(code)
        except Exception:
            logger.warning("%d sockets were not checked.", len(sockets), exc_info=True)


def here() -> Hub:
    """Return the hub of the running event loop; the first socket brings it up."""
    loop = asyncio.get_running_loop()
    with _lock:
        if loop not in _hubs:
            _hubs[loop] = Hub()
        return _hubs[loop]


def spread(packets: Sequence[Packet]) -> bool:
    """Hand packets to every hub of this process, at once and from any thread; return False where there is none.

    One of them passes the packets on to other processes.
    """
    with _lock:
        for loop in [loop for loop in _hubs if loop.is_closed()]:
            del _hubs[loop]
        running = [(loop, hub) for loop, hub in _hubs.items() if loop.is_running()]
    for number, (loop, hub) in enumerate(running):
        loop.call_soon_threadsafe(hub.deliver if number else hub.spread, packets)
    return bool(running)
