"""A process with keys as in the container, where all run as one user: prints what a hostile job of its own may do.

`python -m files.tests.one_user <folder> [what the kernel is to refuse]`, for test_confinement.
"""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from seccompy import Filter

from bandian import celery_app  # noqa: F401 - the first line of every process of ours
from files import sandbox
from files.tests import jobs

CALLS = {"Landlock": ["landlock_create_ruleset"], "nothing": []}


def main(folder, refused):
    old_kernel = Filter()
    for name in CALLS[refused]:
        old_kernel.errno(name, errno.ENOSYS)
    old_kernel.load()
    settings.configure(
        VAR_DIR=folder,
        FONT_SANS="",
        FONT_SERIF="",
        FONT_RARE="",
        SANDBOX_MODULES=[],
        SANDBOX_PREPARES=[],
        PDF_MAX_BYTES=1 << 20,
    )
    secrets = [folder / "signing" / "root.key", folder / "db.sqlite3"]
    for path in secrets:
        path.parent.mkdir(exist_ok=True)
        path.write_text("secret")
    neighbour = subprocess.run(["cat", f"/proc/{os.getpid()}/environ"], capture_output=True)
    found, _ = sandbox.run(jobs.attack, b"", web=os.getpid(), files=list(map(str, secrets)))
    print(json.dumps({"user": os.getuid(), "granted": found, "neighbour": neighbour.stdout.decode()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
