"""What is missing for the README's pictures is said; that they are made stands with the demo data."""

import pytest
from django.core.management import CommandError, call_command

from workorders.management.commands import screenshots


def test_screenshots_say_that_chromium_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROMIUM", "no-such-browser")

    with pytest.raises(CommandError, match="Chromium is missing"):
        call_command("screenshots", to=tmp_path)


def test_screenshots_say_that_playwright_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(screenshots, "sync_playwright", None)

    with pytest.raises(CommandError, match="Playwright is missing"):
        call_command("screenshots", to=tmp_path)
