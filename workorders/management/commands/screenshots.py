import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, create_server
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from signing.marks import fonts
from workorders.demo import pictures
from workorders.demo.browser import ARGUMENTS, find_chromium

try:
    from playwright.sync_api import sync_playwright
except ModuleNotFoundError:  # it comes with the tests' requirements
    sync_playwright = None  # type: ignore[assignment]  # what is not there has no other value

START_SECONDS = 60


class Command(BaseCommand):
    help = "Make the README's pictures anew: a site of its own with demo data, looked at with a headless Chromium."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", metavar="FOLDER", type=Path, default=settings.BASE_DIR / "docs")
        parser.add_argument("--data", metavar="FOLDER", type=Path, help="a VAR_DIR that holds demo data already")

    def handle(self, *, to: Path, data: Path | None, **options: Any) -> None:
        if sync_playwright is None:
            raise CommandError("Playwright is missing: python3 dev.py test installs it (requirements-test.txt).")
        if not (chromium := find_chromium()):
            raise CommandError("Chromium is missing: install it, or name it in the environment variable CHROMIUM.")
        if not to.is_dir():
            raise CommandError(f"--to: there is no folder {to}.")
        with (
            _demo_data(data) as folder,
            _site(folder) as address,
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS) as browser,
        ):
            for path in pictures.take(browser, address, to):
                self.stdout.write(f"{path} ({path.stat().st_size // 1000} kB)")


@contextmanager
def _demo_data(folder: Path | None) -> Iterator[Path]:
    """Yield a VAR_DIR with demo data: this one, or a new one for the block."""
    if folder:
        yield folder
        return
    with TemporaryDirectory(prefix="bandian-") as name:
        for command in (["migrate", "--noinput", "--verbosity=0"], ["demo"]):
            arguments = [sys.executable, "manage.py", *command]
            own = _environment(Path(name))
            subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, cwd=settings.BASE_DIR, env=own)
        yield Path(name)


def _environment(folder: Path) -> dict[str, str]:
    own = {"DEBUG": "1", "VAR_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    own |= {"FONT_SANS": str(fonts.path(fonts.SANS)), "FONT_SERIF": str(fonts.path(fonts.SERIF))}
    # Nothing else of this environment, which may name a database.
    return {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ} | own


@contextmanager
def _site(folder: Path) -> Iterator[str]:
    """Run a development server on the demo data in `folder`, inside the block; yield its address."""
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = ["uvicorn", "bandian.asgi:application", "--port", str(port), "--lifespan", "off"]
    command += ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    server = subprocess.Popen([sys.executable, "-m", *command], cwd=settings.BASE_DIR, env=_environment(folder))
    try:
        _wait_for(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise CommandError("the server did not start; what it said stands above.") from error
            time.sleep(0.1)
