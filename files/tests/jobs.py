"""Jobs for the tests of the sandbox, which imports them by name in its own process."""

import os
import signal

from django.core.exceptions import ValidationError


def reverse(data):
    return {"length": len(data), "process": os.getpid()}, data[::-1]


def crash(data):
    os.kill(os.getpid(), signal.SIGSEGV)


def swell(data):
    return None, bytes(8 * 1024**3)


def stumble(data):
    raise KeyError("/Kids")


def refuse(data):
    raise ValidationError("不行", code="no")


def look_around(data):
    return sorted(os.environ), b""


def write(data):
    with open("/tmp/bandian-sandbox-test", "w") as file:
        file.write("x")
