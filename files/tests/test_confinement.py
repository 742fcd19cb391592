"""A hostile job beside the process with the keys: whatever it tries, it gets nothing."""

import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from files import sandbox
from files.tests import jobs

# Neither root nor the sandbox's own.
USER = 61_001


def as_one_user(folder, refused="nothing"):
    """Run files.tests.one_user as someone who is not root; return what it prints, and what stands in its log.

    From root's folders Python could not be started by anybody else: this one may read all, so that only the sandbox
    is in a job's way.
    """
    command = [sys.executable, "-m", "files.tests.one_user", str(folder), refused]
    if os.geteuid() == 0:
        os.chown(folder, USER, USER)
        rights = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"]
        command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *rights, *command]
    secret = {"PATH": os.environ["PATH"], "SECRET_KEY": "of the web process"}
    done = subprocess.run(command, env=secret, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_up_28_a_hostile_job_gets_nothing(tmp_path):
    key = tmp_path / "root.key"
    key.write_text("secret")
    database = settings.BASE_DIR / "var" / "db.sqlite3"

    granted, _ = sandbox.run(jobs.attack, b"", web=os.getpid(), files=[str(key), str(database), "/etc/passwd"])

    assert granted == {}


def test_up_28_nor_where_web_and_sandbox_are_one_user_as_in_the_container(tmp_path):
    told, log = as_one_user(tmp_path)

    assert told == {"user": os.geteuid() or USER, "granted": {}, "neighbour": ""}
    assert log == ""


def test_up_28_where_the_kernel_has_no_landlock_the_start_says_so_and_the_rest_holds(tmp_path):
    told, log = as_one_user(tmp_path, refused="Landlock")

    read = {f"read {tmp_path}/signing/root.key", f"read {tmp_path}/db.sqlite3"}
    assert set(told["granted"]) == {*read, "list"}
    assert told["neighbour"] == ""
    assert "the kernel refuses Landlock; the other limits hold" in log


def test_up_28_a_job_that_ignores_its_alarm_is_ended_from_outside(monkeypatch):
    sandbox.run(jobs.reverse, b"")
    server = sandbox._server.process.pid
    monkeypatch.setattr(sandbox.HOUSE, "wall", 1)

    with pytest.raises(ValidationError):
        sandbox.run(jobs.stay, b"")

    assert gone(children(server))


def test_up_28_no_job_outlives_the_server(monkeypatch):
    sandbox.run(jobs.reverse, b"")
    server = sandbox._server.process
    with ThreadPoolExecutor(1) as elsewhere:
        asked = elsewhere.submit(sandbox.run, jobs.stay, b"")
        while not ((left := children(server.pid)) and all(map(listens_to_nothing, left))):
            time.sleep(0.02)
        server.kill()

        assert gone(left)
        with pytest.raises(ValidationError):
            asked.result()


def children(process):
    """Return the folders of the processes that one has forked."""
    return [Path("/proc", child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def listens_to_nothing(process):
    """Whether a process blocks signals, as a job does that stays: it is in its cell by then."""
    return not re.search(r"^SigBlk:\t0+$", (process / "status").read_text(), re.MULTILINE)


def gone(processes):
    """Whether processes end within seconds."""
    end = time.monotonic() + 20
    while any(process.exists() for process in processes) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(process.exists() for process in processes)
