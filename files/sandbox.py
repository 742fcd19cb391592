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
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

logger = logging.getLogger(__name__)

WALL_SECONDS = 60
_TOO_COMPLEX = "这个文件过于复杂，处理时超出时间或内存限制。PDF 请拆分或重新导出，图片请缩小，然后重新上传。"
_UNREADABLE = "这个文件无法处理，可能已损坏。请用 WPS、Adobe Acrobat 或看图软件打开，另存后重新上传。"

_lock = threading.Lock()
_slots = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
_server: "_Server | None" = None
_left_to_parent: list["_Server"] = []


def run(job: Callable[..., tuple[Any, bytes]], data: bytes, **options: Any) -> tuple[Any, bytes]:
    """Return (note, body) of job(data, **options), run apart; options and note are JSON values.

    `job` is a module-level function. Raises ValidationError: the job's own, or that the file is too much.
    """
    order = json.dumps({"job": f"{job.__module__}:{job.__name__}", "options": options}).encode()
    try:
        with _slots:
            answer = _ask(order, data)
    except TimeoutError:
        answer = b""
    head, _, body = answer.partition(b"\n")
    if not head:
        logger.warning("%s gave no answer for %d bytes", job.__name__, len(data))
        raise ValidationError(_TOO_COMPLEX, code="complex")
    report = json.loads(head)
    if "refused" in report:
        raise ValidationError(report["refused"], code=report["code"])
    if "failed" in report:
        logger.error("%s failed on %d bytes\n%s", job.__name__, len(data), report["failed"])
        raise ValidationError(_UNREADABLE, code="damaged")
    return report["note"], body


def _ask(order, data):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        _hand_over(theirs)
        theirs.close()
        ours.settimeout(WALL_SECONDS + 5)
        answer = bytearray()
        # Either a job that was ended by its limits: an empty answer says it all.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            ours.sendall(len(order).to_bytes(8, "big") + order)
            ours.sendall(data)
            ours.shutdown(socket.SHUT_WR)
            while part := ours.recv(1 << 20):
                answer += part
        return bytes(answer)


def _hand_over(connection):
    """Pass a connection to the server, starting or restarting it where there is none."""
    global _server
    with _lock:
        for attempt in (1, 2):
            if _server is None:
                _server = _Server()
            try:
                socket.send_fds(_server.control, [b"j"], [connection.fileno()])
                return
            except OSError:
                _server.stop()
                _server = None
                if attempt == 2:
                    raise


class _Server:
    def __init__(self):
        self.control, theirs = socket.socketpair()
        limits: dict[str, object] = {
            name: str(getattr(settings, name)) for name in ("VAR_DIR", "FONT_SANS", "FONT_SERIF")
        }
        limits |= {name: getattr(settings, name) for name in ("SANDBOX_MODULES", "SANDBOX_PREPARES")}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "files.worker", str(theirs.fileno()), json.dumps(limits)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=Path(__file__).resolve().parent.parent,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            )

    def stop(self):
        self.control.close()
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@atexit.register
def _stop():
    global _server
    if _server is not None:
        _server.stop()
        _server = None


def _after_fork():
    """Leave the parent's server to the parent; this process starts its own when it needs one."""
    global _server, _lock, _slots
    if _server is not None:
        _left_to_parent.append(_server)
        _server = None
    _lock = threading.Lock()
    _slots = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))


os.register_at_fork(after_in_child=_after_fork)
