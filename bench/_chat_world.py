"""What the measurements of the chat stand on: a database of its own with people, rooms and sessions; servers on one
core, all the rest on the other.

Settings are those of a real site (no DEBUG), with the values that a site needs.
"""

import atexit
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
import redis
from django.core.management import call_command

from bandian.tests import real_keys

ROOT = Path(__file__).resolve().parents[1]
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, OTHER_CORE = CORES[0], CORES[-1]
SITE = {
    "DJANGO_SETTINGS_MODULE": "bandian.settings",
    "DEBUG": "0",
    "DEMO": "1",  # staff without a second factor
    "BEHIND_PROXY": "1",
    **real_keys.KEYS,
    "ALLOWED_HOSTS": "127.0.0.1",
    "SMS_SENDER": "http",
    "SMS_HTTP_URL": "https://127.0.0.1:9/",
    "SMS_HTTP_TOKEN": "none",
}
# As in dev.py and the Dockerfile.
UVICORN = [
    "--ws-max-size",
    "65536",
    "--ws-per-message-deflate",
    "false",
    "--lifespan",
    "off",
    "--no-access-log",
    "--log-level",
    "warning",
]
PATIENCE = 30


def set_up(name: str) -> None:
    """Make an empty database of that name, and Django ready to use it; everything but servers goes to one core."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # thousands of sockets
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        [text] = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    valkey = redis.Redis.from_url(os.environ["REDIS_URL"]).info("server")["process_id"]
    for pid in (int(text.split()[0]), valkey, os.getpid()):
        os.sched_setaffinity(pid, {OTHER_CORE})
        with suppress(PermissionError):  # root only: before what else runs on the machine
            os.setpriority(os.PRIO_PROCESS, pid, -15)
    os.environ["DATABASE_URL"] = urlsplit(url)._replace(path=f"/{name}").geturl()
    os.environ.update(SITE)
    os.environ.setdefault("VAR_DIR", str(Path(os.environ["MEDIA_ROOT"]).parent / "var"))
    django.setup()
    call_command("migrate", verbosity=0)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Server:
    """One uvicorn process that runs an ASGI application of this folder."""

    def __init__(self, application: str, *, port=None, env=None, log=None):
        self.port = port or free_port()
        self.log = Path(log or f"{os.environ['MEDIA_ROOT']}-{application.split(':')[0]}-{self.port}.log")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "uvicorn", application, "--port", str(self.port), *UVICORN]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, "--timeout-graceful-shutdown", "10"],
                cwd=ROOT, env=os.environ | (env or {}), stdout=output, stderr=output,
            )  # fmt: skip
        atexit.register(self.stop, signal.SIGKILL)
        os.sched_setaffinity(self.process.pid, {SERVER_CORE})
        deadline = time.monotonic() + PATIENCE
        while not _answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{application} did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    @property
    def memory(self) -> int:
        """Resident memory in bytes."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    @property
    def cpu(self) -> float:
        """Seconds of CPU used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def _answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def say(**facts) -> bool:
    """Print one line; return whether it holds."""
    print(json.dumps(facts, ensure_ascii=False), flush=True)
    return facts["holds"]
