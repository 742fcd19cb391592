"""How much one request may bring, and how slowly: held before anything is parsed or fills the disk."""

import asyncio
import errno
import math
import time
from collections import Counter
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadhandler import FileUploadHandler
from django.db import DatabaseError
from django.http import parse_cookie

from bandian.db.pooled import give_back_connections
from bandian.web.asgi_types import App, Message, Receive, Scope, Send
from bandian.web.rates import subscriber

ANONYMOUS_BYTES = 1024 * 1024
# Where strangers may bring a whole PDF: the public check of files, which counts them per address.
OPEN_TO_FILES = "/check/"
# Around the file in a form.
_WRAPPING_BYTES = 64 * 1024
# For a stranger's file as a whole, whatever its pace.
STRANGER_SECONDS = 600
# For what somebody who logged in brings beyond what strangers may: 120 MB at half a megabit.
LARGE_SECONDS = 1800
# Of one subscriber, in one process: until they are read, each is on the disk twice, and counted by no rate yet.
STRANGERS_AT_ONCE = 8
# Of one subscriber who is not logged in: their bodies are in memory, and forms of strangers are small.
STRANGERS_BYTES = 16 * 1024 * 1024
# How long nothing may come; what comes earns it anew, at LEAST_BYTES_PER_SECOND.
PATIENCE_SECONDS = 30
LEAST_BYTES_PER_SECOND = 1024
_TOO_MUCH = 413, "这次提交的内容太大（一次最多 {} MB），没有保存。请压缩，或分几次上传。"
# Somebody whose login has ended may bring as little as a stranger.
_LOGGED_OUT = 413, "登录可能已经过期；没有登录时一次最多 {} MB，这次的内容没有保存。请重新登录后再提交。"
_TOO_MANY = 429, "当前网络正在核验的文件太多，请等它们核验完再试。"
# Of one person, in one process; until they are read, bodies are on the disk too, and counted by no quota yet.
_TOO_MUCH_AT_ONCE = 429, "您正在上传的内容太多（同时最多 {} MB），这次的没有保存。请等前面的传完再传。"
_TOO_SLOW = 408, "网络太慢，上传中断，没有保存。请换个网络后重试。"
_DISK_FULL = 507, "服务器存储空间不足，没有保存。请稍后重试。"


class FileLimit(FileUploadHandler):
    """Drops what a file brings beyond the largest size allowed; the file is then seen to be too large, and refused."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        is_over = self.received > max(settings.PDF_MAX_BYTES, settings.IMAGE_MAX_BYTES)
        self.received += len(raw_data)
        return None if is_over else raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class BodyLimit:
    """ASGI middleware that cuts a request off where its body is too large, whatever it declares, or too slow."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.under_way: Counter[str] = Counter()
        self.held: Counter[str] = Counter()  # bytes, of a person's large bodies and of a subscriber's

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif _is_open_to_files(scope):
            await self._one_of_few(scope, receive, send)
        else:
            await self._limited(scope, receive, send)

    async def _one_of_few(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take what anybody may bring, unless as much of the same subscriber's is under way."""
        whose = subscriber((scope.get("client") or [""])[0])
        if self.under_way[whose] >= STRANGERS_AT_ONCE:
            await _answer(send, *_TOO_MANY)
            return
        self.under_way[whose] += 1
        try:
            await self._limited(scope, receive, send)
        finally:
            self.under_way[whose] -= 1
            self.under_way += Counter()  # forgets those with none

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(scope, receive, self.held)
        try:
            await body.check_declared()
            if body.refusal:
                await _answer(send, *body.refusal)
                return
            await self._passed_on(scope, body, send)
        finally:
            body.let_go()

    async def _passed_on(self, scope: Scope, body: "_Body", send: Send) -> None:
        has_started = False

        async def sending(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self.app(scope, body.receive, sending)
        except OSError as error:
            if has_started or error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            body.refusal = _DISK_FULL
        if body.refusal and not has_started:
            await _answer(send, *body.refusal)


class _Body:
    """The body of one request; `refusal` holds the status and the words once it has gone too far."""

    def __init__(self, scope: Scope, receive: Receive, held: Counter[str]) -> None:
        self.held, self.whose, self.holding = held, "", 0
        self.holder = self.subscriber = subscriber((scope.get("client") or [""])[0])
        self.is_counted_at_the_door = _is_open_to_files(scope)
        self.headers = dict(scope["headers"])
        self.most, seconds = ANONYMOUS_BYTES, math.inf
        if _is_open_to_files(scope):
            self.most, seconds = settings.PDF_MAX_BYTES + _WRAPPING_BYTES, STRANGER_SECONDS
        self.session_key = parse_cookie(self.headers.get(b"cookie", b"").decode("latin-1")).get(
            settings.SESSION_COOKIE_NAME, ""
        )
        self.source, self.received, self.is_complete = receive, 0, False
        self.started = time.monotonic()
        self.patience, self.end = float(PATIENCE_SECONDS), self.started + seconds
        self.refusal: tuple[int, str] | None = None
        self.is_stranger = False

    async def check_declared(self) -> None:
        """Refuse a body that says itself that it is too large, before a byte of it is taken."""
        declared = self.headers.get(b"content-length", b"0")
        await self._count(int(declared) if declared.isdigit() else 0)
        self.received = 0

    async def receive(self) -> Message:
        """Pass a message on; for the app, a body cut off is a client that went away."""
        if self.is_complete:
            return await self.source()
        started = time.monotonic()
        try:
            message = await asyncio.wait_for(self.source(), max(min(self.patience, self.end - started), 0))
        except TimeoutError:
            self.refusal = _TOO_SLOW
        else:
            size = len(message.get("body", b""))
            earned = size / LEAST_BYTES_PER_SECOND - (time.monotonic() - started)
            self.patience = min(self.patience + earned, PATIENCE_SECONDS)
            await self._count(size)
            self.is_complete = not message.get("more_body", False)
        return {"type": "http.disconnect"} if self.refusal else message

    async def _count(self, more: int) -> None:
        self.received += more
        if self.received > self.most and self.session_key:
            session_key, self.session_key = self.session_key, ""
            self.whose = await sync_to_async(_who_logged_in)(session_key)
            self.is_stranger = not self.whose
            if self.whose:
                self.most, self.end = settings.REQUEST_MAX_BYTES, min(self.end, self.started + LARGE_SECONDS)
        if self.received > self.most:
            status, words = _LOGGED_OUT if self.is_stranger else _TOO_MUCH
            self.refusal = status, words.format(self.most // 1024 // 1024)
        elif self.whose:
            self._hold(self.whose, settings.ORDER_MAX_BYTES)
        elif not self.is_counted_at_the_door:
            self._hold(self.subscriber, STRANGERS_BYTES)

    def _hold(self, holder: str, most: int) -> None:
        """Count the body with all that are under way of the same person, or of the same subscriber."""
        if holder != self.holder:
            self.let_go()
            self.holder = holder
        more = max(0, self.received - self.holding)
        self.holding += more
        self.held[holder] += more
        if self.held[holder] > most:
            status, words = _TOO_MUCH_AT_ONCE
            self.refusal = status, words.format(most // 1024 // 1024)

    def let_go(self) -> None:
        """Count this body no more."""
        self.held[self.holder] -= self.holding
        self.holding = 0
        if not self.held[self.holder]:
            del self.held[self.holder]


def _is_open_to_files(scope: Scope) -> bool:
    """Whether strangers may bring a file; with any other method no page reads it."""
    return scope["method"] == "POST" and scope["path"].startswith(OPEN_TO_FILES)


def _who_logged_in(session_key: str) -> str:
    """Return the id of the person whose session it is, "" for nobody's; any browser can send the name of one."""
    try:
        return import_module(settings.SESSION_ENGINE).SessionStore(session_key).load().get(SESSION_KEY, "")
    except DatabaseError:
        return "?"  # the page itself says what is the matter
    finally:
        give_back_connections()


async def _answer(send: Send, status: int, words: str) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
