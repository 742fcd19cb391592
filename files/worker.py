"""The other side of `files.sandbox`: `python -m files.worker <socket> <settings>`, forks once per job."""

import gc
import importlib
import json
import logging
import os
import resource
import signal
import socket
import sys
import traceback

from django.conf import settings
from django.core.exceptions import ValidationError

WALL_SECONDS = 60
CPU_SECONDS = 30
MEMORY_BYTES = 2 * 1024**3


def serve(control: socket.socket) -> None:
    """Fork for each connection that comes in until the owner goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended jobs need no wait()
    for name in settings.SANDBOX_MODULES:
        importlib.import_module(name)
    for name in settings.SANDBOX_PREPARES:
        _named(name)()
    gc.freeze()
    while True:
        _, connections, _, _ = socket.recv_fds(control, 1, 1)
        if not connections:
            return
        if os.fork() == 0:
            control.close()
            try:
                _confine()
                with socket.socket(fileno=connections[0]) as connection:
                    _answer(connection)
            finally:
                os._exit(0)
        os.close(connections[0])


def _named(place):
    """Return the function that "module:name" names."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _confine():
    """Take the means to do harm; what breaks a limit ends without an answer."""
    signal.alarm(WALL_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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
