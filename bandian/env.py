"""Readers of environment variables that refuse a wrong value when the program starts."""

import os

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name, default=""):
    return os.environ.get(name, default).strip()


def flag(name, default=False):
    """Return a boolean; raise ImproperlyConfigured for anything that is neither a yes nor a no."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _TRUE | _FALSE:
        return value.strip().lower() in _TRUE
    raise ImproperlyConfigured(f"{name}={value!r}: write 1 or 0.")


def number(name, default, *, at_least=0):
    """Return a whole number of at least `at_least`; raise ImproperlyConfigured otherwise."""
    value = os.environ.get(name, str(default)).strip()
    if value.isascii() and value.isdigit() and int(value) >= at_least:
        return int(value)
    raise ImproperlyConfigured(f"{name}={value!r}: write a whole number of at least {at_least}.")


def names(name):
    """Return the comma-separated values as a list."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def choice(name, default, allowed):
    """Return one of the allowed words; raise ImproperlyConfigured for another."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r}: write one of {', '.join(allowed)}.")
    return value
