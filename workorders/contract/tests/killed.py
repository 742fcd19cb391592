"""Confirms contracts in processes that kill themselves (SIGKILL) at named points of the act.

Usage: python -m workorders.contract.tests.killed < acts.json, a list of [point, order, user, sha256, code],
with the environment of a test site. Writes how each process ended as JSON: 0, or minus the signal.
"""

import json
import os
import signal
import sys
from pathlib import Path

import django

# Where the axe falls: (file, function, "call" or "return").
POINTS = {
    "before the signature": ("signing/pki/pades.py", "append", "call"),
    "after the signature": ("signing/pki/pades.py", "append", "return"),
    "after the file was stored": ("files/storage.py", "store", "return"),
    "before the commit": ("workorders/journey/flow.py", "advance", "return"),
    "after the commit": ("workorders/contract/confirming.py", "confirm", "return"),
}
ROOT = Path(__file__).resolve().parents[3]


def fall_at(point):
    """Return a profiler that kills the process where the point is reached."""
    file, function, moment = POINTS[point]
    path = str(ROOT / file)

    def watch(frame, event, _):
        if event == moment and frame.f_code.co_name == function and frame.f_code.co_filename == path:
            os.kill(os.getpid(), signal.SIGKILL)

    return watch


def confirm(point, order, user, sha256, code):
    """Confirm in a process of its own, from the browser that is called like the point; return how it ended."""
    from accounts.models import User
    from workorders.contract import confirming
    from workorders.inputs import Client
    from workorders.models import WorkOrder

    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    order, user = WorkOrder.objects.get(pk=order), User.objects.get(pk=user)
    sys.setprofile(fall_at(point))
    confirming.confirm(order, by=user, sha256=sha256, code=code, session=point, client=Client())
    os._exit(0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandian.settings")
    django.setup()
    print(json.dumps([confirm(*act) for act in json.load(sys.stdin)]))
