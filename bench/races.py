"""How orders stand it that everybody writes at once: dev.py bench races [rounds] [from:to].

Runs WF-17 over all pairs of pages that write to an order, in both orders, and WF-18 over all pairs of services that
lock, so many times (10 where no number is named), of each a portion where one is named. Says how many races there were,
how they were answered, and how many deadlocks and broken invariants they left.
"""

import os
import subprocess
import sys

COMMAND = [sys.executable, "-m", "pytest", "-q", "-s", "-m", "services", "bandian/tests/test_races.py"]


if __name__ == "__main__":
    rounds = sys.argv[1] if len(sys.argv) > 1 else "10"
    portion = {"RACES_PORTION": sys.argv[2]} if len(sys.argv) > 2 else {}
    sys.exit(subprocess.run(COMMAND, env=os.environ | {"RACES": rounds} | portion).returncode)
