"""What strangers' files cost everybody else: dev.py bench strangers [rounds].

A real uvicorn on PostgreSQL, asked for the login page by one visitor after the other: first with nothing else to do,
then while 50 strangers from 50 addresses wait at /check/, each with a PDF of 14 KB that takes 13 s of CPU to read. One
JSON object a line: the 95th percentile in ms with the strangers (ours) and without (baseline), and what they were told.
"""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles

import django

from bench import _chat_world as world

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandian.settings")
os.environ["DEBUG"] = "1"
os.environ.setdefault("VAR_DIR", str(Path(os.environ["MEDIA_ROOT"]).parent / "var"))
django.setup()

from django.core.management import call_command  # noqa: E402 - needs the settings
from django.urls import reverse  # noqa: E402

from files import sandbox  # noqa: E402
from files.tests.samples import slow_pdf  # noqa: E402

STRANGERS, GOAL, ROUNDS = 50, 2, 3
IDLE_SECONDS, PAUSE_SECONDS = 10, 0.02
LOGIN, CHECK = reverse("accounts:login"), reverse("check:start")
BOUNDARY = "b" * 32


def start(port):
    """Start the site, left to the machine's cores as they are; return its process once it answers."""
    command = [sys.executable, "-m", "uvicorn", "bandian.asgi:application", "--port", str(port), *world.UVICORN]
    process = subprocess.Popen(command, cwd=world.ROOT)
    end = time.monotonic() + world.PATIENCE
    while time.monotonic() < end:
        try:
            if ask(port, LOGIN)[0] == 200:
                return process
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the site did not start")


def ask(port, path, *, method="GET", body=None, headers=None, address="127.0.0.1"):
    """Return (status, cookies) of one request from a loopback address."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120, source_address=(address, 0))
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers.get("Set-Cookie", "")


def visit(port, until):
    """Ask for the login page again and again; return how long each took, in ms."""
    found = []
    while not until():
        started = time.perf_counter()
        status, _ = ask(port, LOGIN)
        found.append(1000 * (time.perf_counter() - started))
        assert status == 200, status
        time.sleep(PAUSE_SECONDS)
    return found


def bring(port, number, data, told):
    """Send the slow file from an address of its own; keep the status and the seconds it took."""
    address = f"127.0.0.{2 + number}"
    _, cookie = ask(port, CHECK, address=address)
    cookie = cookie.partition(";")[0]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Cookie": cookie,
        "X-CSRFToken": cookie.partition("=")[2],
    }
    started = time.perf_counter()
    body = head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
    status, _ = ask(port, CHECK, method="POST", body=body, headers=headers, address=address)
    told.append((status, time.perf_counter() - started))


def main(rounds=ROUNDS):
    call_command("migrate", verbosity=0)
    port, data = world.free_port(), slow_pdf()
    process = start(port)
    idle, busy, told = [], [], []
    try:
        for _ in range(int(rounds)):
            end = time.monotonic() + IDLE_SECONDS
            idle += visit(port, lambda end=end: time.monotonic() > end)
            crowd = [threading.Thread(target=bring, args=(port, n, data, told)) for n in range(STRANGERS)]
            for stranger in crowd:
                stranger.start()
            busy += visit(port, lambda crowd=crowd: not any(stranger.is_alive() for stranger in crowd))
    finally:
        process.terminate()
        process.wait(world.PATIENCE)
    ours, baseline = (quantiles(values, n=20)[-1] for values in (busy, idle))
    facts = {"ours": round(ours, 1), "baseline": round(baseline, 1), "unit": "ms", "ratio": round(ours / baseline, 2)}
    facts |= {"goal": GOAL, "pages": [len(busy), len(idle)]}
    case = f"login page, p95 while {STRANGERS} slow PDFs wait at /check/"
    holds = [world.say(case=case, **facts, holds=ours <= GOAL * baseline)]
    longest, most = max(seconds for _, seconds in told), sandbox.STRANGERS.patience + sandbox.STRANGERS.wall + 5
    statuses = dict(Counter(status for status, _ in told))
    facts = {"ours": round(longest, 1), "baseline": None, "unit": "s", "ratio": None, "goal": most, "told": statuses}
    is_answered = set(statuses) <= {200, 503} and sum(statuses.values()) == STRANGERS * int(rounds)
    case = "the longest that a stranger waits for an answer"
    holds.append(world.say(case=case, **facts, holds=is_answered and longest <= most))
    return int(not all(holds))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
