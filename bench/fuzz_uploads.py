"""Uploads 2,000 damaged PDFs and images and says what became of them: dev.py bench fuzz_uploads [count] [seed]."""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandian.settings")
os.environ["DEBUG"] = "1"
django.setup()

from django.core.management import call_command  # noqa: E402 - needs the settings

from accounts.models import User  # noqa: E402
from workorders.enums import AttachmentKind  # noqa: E402
from workorders.models import Application, WorkOrder  # noqa: E402
from workorders.requests.tests import mutants  # noqa: E402

LIMIT_SECONDS = 60


def main(count=2000, seed=1):
    call_command("migrate", run_syncdb=True, verbosity=0)
    customer = User.objects.create_user("19900000099", "演示客户")
    order = WorkOrder.objects.create(customer=customer)
    Application.objects.create(order=order)
    started = time.monotonic()
    counts, longest = mutants.upload_all(int(count), order, AttachmentKind.LICENCE, seed=int(seed), limit=LIMIT_SECONDS)
    print(f"{count} files with seed {seed} in {time.monotonic() - started:.0f} s, the longest {longest:.2f} s")
    for what, number in sorted(counts.items(), key=lambda pair: -pair[1]):
        print(f"{number:6} {what}")
    return int(bool(counts["hung"] or counts["kept but does not open"]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
