"""Confirms contracts in processes that kill themselves (SIGKILL) at named points of the act.

Usage: python -m workorders.contract.tests.killed < acts.json, a list of [point, order, user, sha256, code],
with the environment of a test site. Writes how each process ended as JSON: 0, or minus the signal.
"""

import importlib
import json
import os
import signal
import sys

import django

# Where the axe falls: (module, function, whether it is done by then).
POINTS = {
    "before the signature": ("signing.pki.pades", "append", False),
    "after the signature": ("signing.pki.pades", "append", True),
    "after the file was stored": ("files.storage", "store", True),
    "before the commit": ("workorders.journey.flow", "advance", True),
    "after the commit": ("workorders.contract.confirming", "confirm", True),
}


def fall_at(point):
    """Let this process be killed where the point is reached."""
    module, name, is_done = POINTS[point]
    module = importlib.import_module(module)
    act = getattr(module, name)

    def fall(*args, **kwargs):
        if is_done:
            act(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, fall)


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
    fall_at(point)
    confirming.confirm(order, by=user, sha256=sha256, code=code, session=point, client=Client())
    os._exit(0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandian.settings")
    django.setup()
    print(json.dumps([confirm(*act) for act in json.load(sys.stdin)]))
