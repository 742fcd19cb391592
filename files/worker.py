"""The other side of `files.sandbox`: `python -m files.worker <socket> <settings>`, forks once per job."""

import gc
import importlib
import json
import logging
import os
import signal
import socket
import sys
import traceback
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from files import confinement


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
    while True:
        limits, connections, _, _ = socket.recv_fds(control, 3, 1)
        if not connections:
            return
        if os.fork() == 0:
            control.close()
            try:
                _confine(cell, *limits)
                with socket.socket(fileno=connections[0]) as connection:
                    _answer(connection)
            finally:
                os._exit(0)
        os.close(connections[0])


def _named(place):
    """Return the function that "module:name" names."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _confine(cell, cpu_seconds, wall_seconds, nice):
    """Take the means to do harm; what breaks a limit ends without an answer."""
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
