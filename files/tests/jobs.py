"""Jobs for the tests of the sandbox, which imports them by name in its own process."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from django.core.exceptions import ValidationError

PTRACE_SEIZE = 0x4206  # unlike ATTACH, it stops nobody
_libc = ctypes.CDLL(None, use_errno=True)


def reverse(data):
    return {"length": len(data), "process": os.getpid()}, data[::-1]


def crash(data):
    ctypes.string_at(0)


def swell(data):
    return None, bytes(8 * 1024**3)


def answer_much(data):
    return None, bytes(2 * 1024 * 1024)


def spin(data):
    while True:
        pass


def stay(data):
    """Let no signal end the wait that can be kept from doing so."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    time.sleep(600)


def stumble(data):
    raise KeyError("/Kids")


def refuse(data):
    raise ValidationError("不行", code="no")


def look_around(data):
    return sorted(os.environ), b""


def write(data):
    with open("/tmp/bandian-sandbox-test", "w") as file:
        file.write("x")


def attack(data, *, web, files):
    """Return what of a hostile job's wishes was granted, beside the process with the keys (its id is `web`)."""
    wishes = {f"read {path}": lambda path=path: Path(path).read_bytes() for path in files}
    for process in (web, os.getppid()):
        for part in ("environ", "maps", "root/etc/passwd", "cwd/manage.py", "fd/0"):
            path = f"/proc/{process}/{part}"
            wishes[path] = lambda path=path: os.readlink(path) if "/fd/" in path else Path(path).read_bytes()
        wishes |= {
            f"kill {process}": lambda process=process: os.kill(process, 0),
            f"ptrace {process}": lambda process=process: called("ptrace", PTRACE_SEIZE, process, 0, 0),
            f"limit {process}": lambda process=process: called("prlimit", process, 7, 0, 0),
        }
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK):
        wishes[f"socket {family.name}"] = lambda family=family: socket.socket(family, socket.SOCK_DGRAM)
    wishes |= {
        "fork": fork,
        "vfork": lambda: subprocess.run(["/bin/true"], check=True),
        "write": lambda: Path("/tmp/bandian-sandbox-test").write_text("x"),
        "list": lambda: os.listdir("/"),
        "become root": lambda: os.setuid(0),
        "namespace": lambda: called("unshare", 0x10000000),
    }
    return {name: repr(got)[:80] for name, wish in wishes.items() if (got := granted(wish)) is not None}, b""


def granted(wish):
    """Return what a wish brings, None where it is refused."""
    try:
        return wish() or "granted"
    except OSError:
        return None


def fork():
    if not (child := os.fork()):
        os._exit(0)
    return child


def called(name, *args):
    if getattr(_libc, name)(*args) == -1:
        raise OSError(ctypes.get_errno(), name)


def nap(data):
    time.sleep(1)
    return None, b""
