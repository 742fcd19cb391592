"""A page of the chat without a browser, by the rules of static/notifications/live.js, static/chat/{sync,outbox}.js.

Cursor, gap, sync at every opening, tail check, outbox under one UUID each: the same; the waits are shorter, see the
constants, so that a scenario ends within a minute. What it shows is kept by number, and every breach is noted.
"""

import asyncio
import json
import random
import time
from uuid import uuid4

import aiohttp
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

TAIL, POLL, SPREAD = 6, 2, 3  # seconds; in the browser 45, 5 and 5
PATIENCE = 20  # for an answer, as in the browser
FIRST_RETRY, LONGEST_RETRY = 0.3, 3  # in the browser 1 and 30
CONNECTING = 60  # longer than any browser waits for its turn
LOGIN_NEEDED = 4401
TOKEN = "0" * 32


class Page:
    def __init__(self, *, port, room, cookie, me, way=None, address="127.0.0.1", tail=TAIL):
        """`way`: another port for the socket, as that of a proxy."""
        self.port, self.way, self.room, self.me, self.address = port, way or port, str(room), me, address
        self.cookie = f"{cookie}; {cookie.partition('=')[0].replace('sessionid', 'csrftoken')}={TOKEN}"
        self.tail = tail
        self.change, self.last_seq, self.shown = 0, 0, {}
        self.breaches, self.codes, self.statuses, self.delays = [], [], [], []
        self.outbox, self.acknowledged = [], {}
        self.is_over = self.is_open = self.behind = False
        self.opened = asyncio.Event()
        self._running = self._again = False
        self._wake, self._tasks, self._busy = asyncio.Event(), [], False
        self.http = None

    async def open(self):
        connector = aiohttp.TCPConnector(limit=0, force_close=True, local_addr=(self.address, 0))
        self.http = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(PATIENCE))
        self._tasks = [asyncio.ensure_future(part()) for part in (self._listen, self._watch)]
        await asyncio.wait_for(self.opened.wait(), CONNECTING)
        return self

    async def close(self):
        self.is_over = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.http.close()

    # The socket: live.js.
    async def _listen(self):
        failures = 0
        while not self.is_over:
            try:
                async with connect(
                    f"ws://127.0.0.1:{self.way}/ws/notices/", origin=f"https://127.0.0.1:{self.port}",
                    additional_headers={"Cookie": self.cookie}, compression=None, ping_interval=None,
                    local_addr=(self.address, 0), close_timeout=1, open_timeout=CONNECTING, proxy=None,
                ) as socket:  # fmt: skip
                    failures, self.is_open = 0, True
                    self.opened.set()
                    await socket.send(json.dumps({"front": self.room}))
                    self._start(self.sync())
                    async for text in socket:
                        events = json.loads(text)
                        for event in events if isinstance(events, list) else [events]:
                            self._event(event)
                self.codes.append(socket.close_code)
            except ConnectionClosed as closed:
                self.codes.append(closed.rcvd.code if closed.rcvd else 1006)
            except (OSError, InvalidHandshake, TimeoutError):
                failures += 1
            self.is_open = False
            self._wake.set()
            if self.codes[-1:] == [LOGIN_NEEDED]:
                return
            await asyncio.sleep(random.uniform(0, SPREAD) if failures <= 1 else random.uniform(0.5, SPREAD))

    def _event(self, event):
        if event["type"] == "chat" and event["room"] == self.room:
            if "said" in event["message"]["body"]:
                self.delays.append(time.time() - float(event["message"]["body"].rpartition(" ")[2]))
            self.hear(event["change"], event["message"])
        elif event["type"] == "sync":
            asyncio.get_running_loop().call_later(random.uniform(0, SPREAD), lambda: self._start(self.sync()))
        elif event["type"] == "chat.removed":
            self._start(self.sync())

    def _start(self, work):
        self._tasks = [task for task in self._tasks if not task.done()] + [asyncio.ensure_future(work)]

    # What is shown: sync.js and lines.js.
    def hear(self, change, message):
        if change <= self.change:
            return
        if change == self.change + 1 and not self._running:
            self.change = change
            self._show([message])
        else:
            self._start(self.sync())

    def _show(self, messages):
        for message in messages:
            seq, old = message["seq"], self.shown.get(message["seq"])
            if old and old["id"] != message["id"]:
                self.breaches.append(f"two lines numbered {seq}")
            self.shown[seq] = message
            if message["uuid"] and message["author"]["user"] == self.me:
                self.acknowledged[message["uuid"]] = message["id"]
                self._settle(message["uuid"])

    async def sync(self):
        self._again = self._running
        if self._running:
            return
        self._running = True
        try:
            await self._all()
        finally:
            self._running = False
        self._wake.set()
        if self._again:
            await self.sync()

    async def _all(self):
        self.behind = True
        while not self.is_over:
            status, data = await self.ask("GET", f"sync/?after={self.change}")
            if status in {302, 404}:
                self.is_over = True
            if status != 200:
                return
            self.change = max(self.change, data["upto"])
            self.last_seq = data["last_seq"]
            self._show(data["messages"])
            self.behind = data["more"]
            if not self.behind:
                return

    async def _watch(self):
        """The tail check: in case the very last hint was lost."""
        while not self.is_over:
            try:
                await asyncio.wait_for(self._wake.wait(), self.tail if self.is_open and not self.behind else POLL)
                self._wake.clear()
            except TimeoutError:
                await self.sync()

    # What is written: outbox.js.
    def say(self, body="您好", *, timed=False):
        body = f"{body} said {time.time()}" if timed else body
        entry = {"uuid": str(uuid4()), "body": body, "state": "waiting"}
        self.outbox.append(entry)
        if not self._busy:
            self._busy = True
            self._start(self._pump())
        return entry["uuid"]

    async def _pump(self):
        failures = 0
        while entry := next((each for each in self.outbox if each["state"] == "waiting"), None):
            status, data = await self.ask("POST", "messages/", uuid=entry["uuid"], body=entry["body"])
            self.statuses.append(status)
            if status in {200, 201}:
                failures = 0
                message = data["message"]
                self.acknowledged[entry["uuid"]] = message["id"]
                self._settle(entry["uuid"])
                self.hear(message["change"], message)
            elif status and status < 500 and status != 429:
                entry["state"] = f"failed {status}"
            else:
                wait = data["error"]["wait"] if status == 429 else min(LONGEST_RETRY, FIRST_RETRY * 2**failures)
                failures += 1
                await asyncio.sleep(wait + random.uniform(0, 0.3))
        self._busy = False

    def _settle(self, uuid):
        self.outbox = [entry for entry in self.outbox if entry["uuid"] != uuid]

    async def ask(self, method, path, *, headers=None, data=None, **fields):
        """Return (status, what it says); status 0: the network."""
        url = path if path.startswith("http") else f"http://127.0.0.1:{self.port}/chat/{self.room}/{path}"
        if method == "POST" and data is None:
            data = {"csrfmiddlewaretoken": TOKEN, **fields}
        told = {"Accept": "application/json", "Cookie": self.cookie, "X-Forwarded-Proto": "https"}
        told |= {"Origin": f"https://127.0.0.1:{self.port}", "X-CSRFToken": TOKEN} | (headers or {})
        try:
            async with self.http.request(method, url, data=data, headers=told, allow_redirects=False) as answer:
                is_json = answer.content_type == "application/json"
                return answer.status, await answer.json() if is_json else await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, None
