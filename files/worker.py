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
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from files import confinement

# After the alarm of a job, which says so more kindly.
_GRACE_SECONDS = 1


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
    fonts = [Path(settings.VAR_DIR, "fonts"), settings.FONT_SANS, settings.FONT_SERIF]
    source = confinement.source_folders(Path(__file__).resolve().parent.parent)
    cell = confinement.Cell([*confinement.code_folders(), *source, *filter(None, fonts)])
    gc.freeze()
    ends: dict[int, float] = {}
    while True:
        _end_late(ends)
        if not select.select([control], [], [], 1 if ends else None)[0]:
            continue
        limits, connections, _, _ = socket.recv_fds(control, 3, 1)
        if not connections:
            return
        if (job := os.fork()) == 0:
            control.close()
            for handle in ends:
                os.close(handle)
            try:
                _confine(cell, *limits)
                with socket.socket(fileno=connections[0]) as connection:
                    _answer(connection)
            finally:
                os._exit(0)
        os.close(connections[0])
        with contextlib.suppress(OSError):  # it is done already, or the kernel is older than 5.3
            ends[os.pidfd_open(job)] = time.monotonic() + limits[1] + _GRACE_SECONDS


def _end_late(ends):
    """Forget the jobs that are done, and end those whose time is over; `ends` is {handle of the job: its end}.

    A job that a stranger's file has taken over may ignore its alarm and sleep, which costs no CPU.
    """
    done = select.select(list(ends), [], [], 0)[0]
    for job in [job for job, end in ends.items() if job in done or end < time.monotonic()]:
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(job, signal.SIGKILL)
        os.close(job)
        del ends[job]


def _named(place):
    """Return the function that "module:name" names."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _confine(cell, cpu_seconds, wall_seconds, nice):
    """Take the means to do harm; what breaks a limit ends without an answer."""
    confinement.end_with_parent()
    signal.alarm(wall_seconds)
    os.nice(nice)
    os.dup2(0, 2)  # neither does a job write to the log
    cell.enter(cpu_seconds=cpu_seconds)


def _answer(connection):
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
