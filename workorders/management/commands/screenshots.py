import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, create_server
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from signing.marks import fonts
from workorders.demo import pictures
from workorders.demo.browser import ARGUMENTS, find_chromium

try:
    from playwright.sync_api import sync_playwright
except ModuleNotFoundError:  # it comes with the tests' requirements
    sync_playwright = None

START_SECONDS = 60


class Command(BaseCommand):
    help = "Make the README's pictures anew: a site of its own with demo data, looked at with a headless Chromium."

    def add_arguments(self, parser):
        parser.add_argument("--to", metavar="FOLDER", type=Path, default=settings.BASE_DIR / "docs")

    def handle(self, *, to, **options):
        if sync_playwright is None:
            raise CommandError("Playwright is missing: python3 dev.py test installs it (requirements-test.txt).")
        if not (chromium := find_chromium()):
            raise CommandError("Chromium is missing: install it, or name it in the environment variable CHROMIUM.")
        if not to.is_dir():
            raise CommandError(f"--to: there is no folder {to}.")
        with (
            TemporaryDirectory(prefix="bandian-") as folder,
            _site(Path(folder)) as address,
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS) as browser,
        ):
            for path in pictures.take(browser, address, to):
                self.stdout.write(f"{path} ({path.stat().st_size // 1000} kB)")


@contextmanager
def _site(folder):
    """Run a development server on new demo data in `folder`, inside the block; yield its address."""
    own = {"DEBUG": "1", "VAR_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    own |= {"FONT_SANS": str(fonts.path(fonts.SANS)), "FONT_SERIF": str(fonts.path(fonts.SERIF))}
    # Nothing else of this environment, which may name a database.
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ} | own
    root, python = settings.BASE_DIR, sys.executable
    for command in (["migrate", "--noinput", "--verbosity=0"], ["demo"]):
        arguments = [python, "manage.py", *command]
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, cwd=root, env=environment)
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = ["uvicorn", "bandian.asgi:application", "--port", str(port), "--lifespan", "off"]
    command += ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    server = subprocess.Popen([python, "-m", *command], cwd=root, env=environment)
    try:
        _wait_for(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(server, port):
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise CommandError("the server did not start; what it said stands above.") from error
            time.sleep(0.1)
