"""Which Chromium the pictures and the tests use, how it is started, and how they wait for its pages."""

import os
import shutil
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Seconds, on a machine with far more to do than it has cores.
PATIENCE = 120
ARGUMENTS = [
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # No traffic of its own.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the path of the browser; the environment variable CHROMIUM wins over what is on PATH."""
    names = [os.environ["CHROMIUM"]] if "CHROMIUM" in os.environ else ["chromium", "chromium-browser", "google-chrome"]
    return next(filter(None, map(shutil.which, names)), None)


def wait_until(page: "Page", expression: str) -> None:
    """Wait until a page's expression is true; raises TimeoutError.

    It is asked from outside each time: what Playwright's own waiting evaluates within the page, our security policy
    refuses.
    """
    deadline = time.monotonic() + PATIENCE
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            raise TimeoutError(expression)
        page.wait_for_timeout(50)
