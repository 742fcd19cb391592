"""The line between processes: one subscription of the channel layer each.

Packets go out in batches, and every batch bears the number of its sender: who hears a number twice too high has
missed something, and has every page ask for what it missed. A batch goes out every BEAT_SECONDS at least, if need be
an empty one, so that a gap shows soon and a dead subscription is found and made anew.
"""

import asyncio
import logging
import os
from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from channels.layers import BaseChannelLayer, InMemoryChannelLayer

if TYPE_CHECKING:
    from notifications.live.hub import Hub


GROUP = "live"
BEAT_SECONDS = 5
SILENCE_SECONDS = 3 * BEAT_SECONDS
SEND_SECONDS = 1.0
PAUSE_SECONDS = 1
MOST_WAITING = 10_000
MOST_IN_BATCH = 200
MOST_SENDERS = 1000
SYNC = '{"type":"sync"}'

logger = logging.getLogger(__name__)
_boot = uuid4().hex

# User ids in hex, a frame, and the code to close with where it is none.
Packet = tuple[Sequence[str], str, int]


def sender() -> str:
    """Name this process; a fork is another one."""
    return f"{_boot}-{os.getpid()}"


def reaches_others(layer: BaseChannelLayer | None) -> bool:
    """Whether there can be a process at the other end."""
    return layer is not None and not isinstance(layer, InMemoryChannelLayer)


async def publish(layer: BaseChannelLayer, packets: Sequence[Packet], *, number: int = 0) -> None:
    """Send one batch within SEND_SECONDS; number 0: from a process that sends no beats, so that nobody counts."""
    message = {"type": "live", "from": sender(), "number": number, "packets": packets}
    async with asyncio.timeout(SEND_SECONDS):
        await layer.group_send(GROUP, message)


class Relay:
    def __init__(self, hub: "Hub", layer: BaseChannelLayer) -> None:
        self.hub, self.layer = hub, layer
        self.number = 0
        self.heard: dict[str, int] = {}
        self._waiting: list[Packet] = []
        self._ready = asyncio.Event()

    def work(self) -> tuple[Coroutine[Any, Any, None], Coroutine[Any, Any, None]]:
        return self._send(), self._listen()

    def offer(self, packets: Sequence[Packet]) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self.number += 1  # the others will see that something is missing
            return
        self._waiting.extend(packets)
        self._ready.set()

    async def _send(self) -> None:
        is_well = True
        while True:
            if not self._waiting:
                self._ready.clear()
                await self._ready_or_beat()
            batch, self._waiting = self._waiting[:MOST_IN_BATCH], self._waiting[MOST_IN_BATCH:]
            self.number += 1
            try:
                await publish(self.layer, batch, number=self.number)
                is_well = True
            except Exception:
                # Any failure of any backend: its packages share no base class.
                if is_well:
                    logger.warning("Live events do not reach the other processes.", exc_info=True)
                is_well = False
                await asyncio.sleep(PAUSE_SECONDS)

    async def _ready_or_beat(self) -> None:
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await self._ready.wait()
        except TimeoutError:
            pass

    async def _listen(self) -> None:
        while True:
            try:
                async with asyncio.timeout(SILENCE_SECONDS):
                    channel = await self.layer.new_channel()
                    await self.layer.group_add(GROUP, channel)
                self.heard.clear()
                self.hub.tell_all(SYNC)  # for what was said before the subscription
                await self._hear(channel)
            except Exception:
                logger.warning("The subscription to live events is made anew.", exc_info=True)
            await self._hang_up()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _hear(self, channel: str) -> None:
        """Take in what comes, until nothing does for SILENCE_SECONDS, though there are our own beats."""
        while True:
            async with asyncio.timeout(SILENCE_SECONDS):
                message = await self.layer.receive(channel)
            await self.take(message)

    async def take(self, message: Mapping[str, Any]) -> None:
        origin, number = message["from"], message["number"]
        if number and self.heard.get(origin, number - 1) != number - 1:
            self.hub.tell_all(SYNC)
        if number:
            if len(self.heard) >= MOST_SENDERS:
                self.heard.clear()
            self.heard[origin] = number
        if origin == sender():
            return
        for packet in message["packets"]:
            self.hub.deliver([packet])
            await asyncio.sleep(0)  # for the sockets to write what has come so far

    async def _hang_up(self) -> None:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                await self.layer.flush()
        except Exception:
            logger.debug("The old subscription was not closed.", exc_info=True)
