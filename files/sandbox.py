"""Runs what parses or draws strangers' PDFs and images in throw-away processes with limits on memory and time.

A small server process imports the libraries once and forks for each job, so that a job costs milliseconds,
sees neither secrets nor the database, and can crash without harm. See `files.worker` for the other side.
"""

import atexit
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from bandian.web import pools
from bandian.web.pools import HOUSE, STRANGERS, Busy, Pool

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
# A fork copies the list of the pages of memory: large ones, kept for use again, make it a third quicker.
_TUNABLES = {"hugetlb": 1, "mmap_threshold": 1 << 25, "trim_threshold": 1 << 29, "top_pad": 1 << 25}
_MEMORY = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": ":".join(f"glibc.malloc.{name}={value}" for name, value in _TUNABLES.items()),
}
# Beside the body that a job answers with stands a note in JSON.
_NOTE_BYTES = 1024 * 1024
_TOO_COMPLEX = "这个文件过于复杂，处理时超出时间或内存限制。PDF 请拆分或重新导出，图片请缩小，然后重新上传。"
_UNREADABLE = "这个文件无法处理，可能已损坏。请用 WPS、Adobe Acrobat 或看图软件打开，另存后重新上传。"
_TOO_LARGE = "文件处理后超过 {} MB 的上限，没有保存。图片请缩小或另存为 JPG，PDF 请压缩或拆分，然后重新上传。"

_lock = threading.Lock()
_server: "_Server | None" = None
_left_to_parent: list["_Server"] = []


_is_stranger = ContextVar("is_stranger", default=False)


@contextlib.contextmanager
def for_a_stranger() -> Iterator[None]:
    """Run the block's jobs in the one small pool of people who did not log in; raises Busy before the block."""
    with STRANGERS.place():
        token = _is_stranger.set(True)
        try:
            yield
        finally:
            _is_stranger.reset(token)


def run(
    job: Callable[..., tuple[Any, bytes]],
    data: bytes,
    *,
    most_bytes: int = 0,
    pool: Pool = HOUSE,
    cpu: int = 0,
    **options: Any,
) -> tuple[Any, bytes]:
    """Return (note, body) of job(data, **options), run apart; options and note are JSON values.

    `job` is a module-level function; `most_bytes` is how large the body may be, PDF_MAX_BYTES where none is given;
    `cpu` are seconds in place of the pool's, where fewer. Who did not log in has the strangers' pool, whatever `pool`.
    Raises ValidationError: the job's own, Busy, or that the file, or what was made of it, is too much.
    """
    most_bytes = most_bytes or settings.PDF_MAX_BYTES
    pool = STRANGERS if _is_stranger.get() else pool
    limits = bytes([min(cpu or pool.cpu, pool.cpu), pool.wall, pool.nice])
    order = json.dumps({"job": f"{job.__module__}:{job.__name__}", "options": options}).encode()
    try:
        with contextlib.nullcontext() if _is_stranger.get() else pool.place(), pools.charged():
            answer = _ask(pool.wall, limits, order, data, most_bytes)
    except TimeoutError as error:  # the server itself was kept from answering
        raise Busy from error
    head, _, body = answer.partition(b"\n")
    if not head:
        logger.warning("%s gave no answer for %d bytes", job.__name__, len(data))
        raise ValidationError(_TOO_COMPLEX, code="complex")
    if len(body) > most_bytes:
        raise ValidationError(_TOO_LARGE.format(most_bytes // 1024 // 1024), code="too_large")
    try:
        report = json.loads(head)
    except ValueError:
        report = {"failed": "no JSON"}
    if "busy" in report:
        raise Busy
    if "refused" in report:
        raise ValidationError(report["refused"], code=report["code"])
    if "failed" in report:
        logger.error("%s failed on %d bytes\n%s", job.__name__, len(data), report["failed"])
        raise ValidationError(_UNREADABLE, code="damaged")
    return report["note"], body


def start() -> None:
    """Start the server of the sandbox before anybody waits for it."""
    global _server
    with _lock:
        if _server is None:
            _server = _Server()


def _ask(wall: float, limits: bytes, order: bytes, data: bytes, most_bytes: int) -> bytes:
    """Return what the job answers, or its beginning where that is too much; empty where its limits ended it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        _hand_over(theirs, limits)
        theirs.close()
        ours.settimeout(wall + 5)
        answer = bytearray()
        # Either a job that was ended by its limits: an empty answer says it all.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            ours.sendall(len(order).to_bytes(8, "big") + order)
            ours.sendall(data)
            ours.shutdown(socket.SHUT_WR)
            while len(answer) <= most_bytes + _NOTE_BYTES and (part := ours.recv(1 << 20)):
                answer += part
        return bytes(answer)


def _hand_over(connection: socket.socket, limits: bytes) -> None:
    """Pass a connection to the server, starting or restarting it where there is none."""
    global _server
    with _lock:
        for attempt in (1, 2):
            if _server is None:
                _server = _Server()
            try:
                socket.send_fds(_server.control, [limits], [connection.fileno()])
                return
            except OSError:
                _server.stop()
                _server = None
                if attempt == 2:
                    raise


class _Server:
    def __init__(self) -> None:
        fonts = Path(settings.VAR_DIR, "fonts")
        fonts.mkdir(exist_ok=True)  # filled later, perhaps; what a job may read is settled now
        self.control, theirs = socket.socketpair()
        known: dict[str, object] = {
            name: str(getattr(settings, name)) for name in ("VAR_DIR", "FONT_SANS", "FONT_SERIF", "FONT_RARE")
        }
        known |= {name: getattr(settings, name) for name in ("SANDBOX_MODULES", "SANDBOX_PREPARES")}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "files.worker", str(theirs.fileno()), json.dumps(known)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **_MEMORY},
            )

    def stop(self) -> None:
        self.control.close()
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@atexit.register
def _stop() -> None:
    global _server
    if _server is not None:
        _server.stop()
        _server = None


def _after_fork() -> None:
    """Leave the parent's server to the parent; this process starts its own when it needs one."""
    global _server, _lock
    if _server is not None:
        _left_to_parent.append(_server)
        _server = None
    _lock = threading.Lock()
    for pool in pools.ALL:
        pool.open()


os.register_at_fork(after_in_child=_after_fork)
