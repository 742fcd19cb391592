"""Readers of environment variables that refuse a wrong value when the program starts."""

import base64
import hashlib
import os
import re
from urllib.parse import unquote, urlsplit

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


def url(name, *schemes):
    """Return an address, or nothing; raise ImproperlyConfigured for one without host and path, or of another scheme."""
    value = text(name)
    parts = urlsplit(value)
    if value and (parts.scheme not in schemes or not (parts.netloc or parts.path)):
        raise ImproperlyConfigured(f"{name}={value!r}: write {', '.join(f'{scheme}://…' for scheme in schemes)}.")
    return value


def database(name, *, sqlite):
    """Return Django's entry for a database: the file `sqlite` where nothing is set, else PostgreSQL.

    Raises ImproperlyConfigured for anything but postgresql://user:password@host:port/name.
    """
    value = text(name)
    if not value:
        # IMMEDIATE: writers queue for the lock instead of failing when a read turns into a write.
        options = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": sqlite, "OPTIONS": options}
    wanted = f"{name}: write postgresql://user:password@host:port/name."
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(wanted) from error
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(wanted)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": port or "",
        "CONN_HEALTH_CHECKS": True,
    }


def hours(name, default):
    """Return (first hour, hour of the end) of a night like 22-8, or None for "off"; raise ImproperlyConfigured."""
    value = text(name, default)
    if value == "off":
        return None
    if not re.fullmatch(r"(1[2-9]|2[0-3])-([0-9]|1[01])", value):
        raise ImproperlyConfigured(f"{name}={value!r}: write hours like 22-8, or off.")
    begin, end = value.split("-")
    return int(begin), int(end)


def origins(name):
    """Return https://host values, where a host may begin with *.; raise ImproperlyConfigured for anything else."""
    values = names(name)
    for value in values:
        if not re.fullmatch(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?", value):
            raise ImproperlyConfigured(f"{name}={value!r}: write https://host or https://*.host, without a path.")
    return values


def gateway(prefix, *, needed):
    """Return (address, token) of a service; raise ImproperlyConfigured where it is needed and has no https address."""
    url, token = text(f"{prefix}_URL"), text(f"{prefix}_TOKEN")
    if needed and not url.startswith("https://"):
        raise ImproperlyConfigured(f"{prefix}_URL: give the https:// address of the service.")
    return url, token


def file(name):
    """Return the path of a file, or nothing; raise ImproperlyConfigured where no file is there."""
    value = text(name)
    if value and not os.path.isfile(value):
        raise ImproperlyConfigured(f"{name}={value!r}: there is no such file.")
    return value


def hsm(prefix, *, needed):
    """Return (library, token's label, PIN) of an HSM; raise ImproperlyConfigured where one is needed and missing."""
    found = {f"{prefix}_MODULE": file(f"{prefix}_MODULE")}
    found |= {name: text(name) for name in (f"{prefix}_TOKEN", f"{prefix}_PIN")}
    if needed and (missing := [name for name, value in found.items() if not value]):
        raise ImproperlyConfigured(f"{', '.join(missing)}: name the library, the token and the PIN of the HSM.")
    return tuple(found.values())


def keys(name, *, fallback):
    """Return {key name: 32 bytes}; none given, one derived from `fallback`, and without that ImproperlyConfigured."""
    found = {}
    for entry in names(name):
        label, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not re.fullmatch(r"[a-z0-9]{1,12}", label) or len(key) != 32 or label in found:
            raise ImproperlyConfigured(f"{name}: write name:base64 of 32 bytes, e.g. k1:$(openssl rand -base64 32).")
        found[label] = key
    if not found and fallback:
        return {"dev": hashlib.sha256(fallback.encode()).digest()}
    if not found:
        raise ImproperlyConfigured(f"{name}: give a key; without it no identity number can be stored or read.")
    return found
