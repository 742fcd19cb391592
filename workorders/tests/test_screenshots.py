"""The README's pictures: made anew from demo data, or a word on what is missing for that."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from PIL import Image

from workorders.demo import pictures
from workorders.management.commands import screenshots


def test_screenshots_say_that_chromium_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROMIUM", "no-such-browser")

    with pytest.raises(CommandError, match="Chromium is missing"):
        call_command("screenshots", to=tmp_path)


def test_screenshots_say_that_playwright_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(screenshots, "sync_playwright", None)

    with pytest.raises(CommandError, match="Playwright is missing"):
        call_command("screenshots", to=tmp_path)


@pytest.mark.browser
def test_screenshots_make_both_pictures_small(tmp_path):
    command = [sys.executable, "manage.py", "screenshots", "--to", tmp_path]
    subprocess.run(command, cwd=settings.BASE_DIR, check=True)

    for name in ("phone.png", "desk.png"):
        assert (tmp_path / name).stat().st_size <= pictures.MOST_BYTES
        with Image.open(tmp_path / name) as image:
            assert image.mode == "P"
            assert image.width > 1900
            assert len(image.getcolors()) > 30
