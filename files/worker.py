"""The other side of `files.sandbox`: `python -m files.worker <socket> <settings>`, forks once per job."""

import contextlib
import gc
import importlib
import json
import logging
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from files import confinement

# The alarm of a job itself comes later: it serves where the kernel is older than 5.3.
_GRACE_SECONDS = 2
# A job that got less than this part of the time that it may compute was kept waiting: its file is not to blame.
_STARVED = 0.8


def serve(control: socket.socket) -> None:
    """Fork for each connection that comes in until the owner goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended jobs need no wait()
    if refused := confinement.leave_behind():
        # The one thing this process says; the other side's standard error is the log.
        print(f"files.sandbox: the kernel refuses {', '.join(refused)}; the other limits hold", file=sys.stderr)
    for name in settings.SANDBOX_MODULES:
        importlib.import_module(name)
    for name in settings.SANDBOX_PREPARES:
        _named(name)()
    fonts = [Path(settings.VAR_DIR, "fonts"), settings.FONT_SANS, settings.FONT_SERIF, settings.FONT_RARE]
    source = confinement.source_folders(Path(__file__).resolve().parent.parent)
    cell = confinement.Cell([*confinement.code_folders(), *source, *filter(None, fonts)])
    gc.freeze()
    running: dict[int, _Job] = {}
    while True:
        watched: list[Any] = [control, *running]
        ready = select.select(watched, [], [], 1 if running else None)[0]
        _end_late(running, ready)
        if control not in ready:
            continue
        limits, connections, _, _ = socket.recv_fds(control, 3, 1)
        if not connections:
            return
        if (job := os.fork()) == 0:
            control.close()
            for handle, other in running.items():
                os.close(handle)
                os.close(other.connection)
            try:
                _confine(cell, *limits)
                with socket.socket(fileno=connections[0]) as connection:
                    _answer(connection)
            finally:
                os._exit(0)
        try:
            handle = os.pidfd_open(job)
        except OSError:  # it is done already, or the kernel is older
            os.close(connections[0])
        else:
            running[handle] = _Job(job, time.monotonic() + limits[1], limits[0], connections[0])


@dataclass(frozen=True)
class _Job:
    """A job that runs: its process, when it is late, how many seconds it may compute, and where its answer goes."""

    process: int
    end: float
    cpu: int
    connection: int


def _end_late(running: dict[int, _Job], ready: Collection[int]) -> None:
    """Forget the jobs that are done, and end those whose time is over, saying so where they were kept from computing.

    A job that a stranger's file has taken over may ignore its alarm and sleep, which costs no CPU.
    """
    for handle, job in list(running.items()):
        if handle not in ready and job.end > time.monotonic():
            continue
        if handle not in ready:
            busy = _cpu_seconds(job.process) < _STARVED * job.cpu
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            if busy:
                with contextlib.suppress(OSError):
                    os.write(job.connection, json.dumps({"busy": True}).encode() + b"\n")
        os.close(handle)
        os.close(job.connection)
        del running[handle]


def _cpu_seconds(process: int) -> float:
    """Return how long a process has computed, 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _named(place: str) -> Callable[..., Any]:
    """Return the function that "module:name" names."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _confine(cell: confinement.Cell, cpu_seconds: int, wall_seconds: int, nice: int) -> None:
    """Take the means to do harm; what breaks a limit ends without an answer."""
    confinement.end_with_parent()
    signal.alarm(wall_seconds + _GRACE_SECONDS)
    os.nice(nice)
    os.dup2(0, 2)  # neither does a job write to the log
    cell.enter(cpu_seconds=cpu_seconds)


def _answer(connection: socket.socket) -> None:
    with connection.makefile("rb") as stream:
        order = json.loads(stream.read(int.from_bytes(stream.read(8), "big")))
        data = stream.read()
    body = b""
    try:
        note, body = _named(order["job"])(data, **order["options"])
        report = {"note": note}
    except ValidationError as error:
        report = {"refused": error.message, "code": error.code}
    except MemoryError:
        return
    except Exception:
        report = {"failed": traceback.format_exc()}
    connection.sendall(json.dumps(report).encode() + b"\n")
    connection.sendall(body)


if __name__ == "__main__":
    logging.disable()  # what the libraries think of a file is no news for the log
    settings.configure(**json.loads(sys.argv[2]))
    serve(socket.socket(fileno=int(sys.argv[1])))
