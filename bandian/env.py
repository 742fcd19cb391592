"""The reader of the environment: environs, and what our settings need beside its own types.

A wrong value raises EnvError with the name of the variable.
"""

import base64
import hashlib
import ipaddress
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from environs import Env, ValidationError

env = Env()
# Bits that machines have in common to be a network of somebody's (10.0.0.0/8); with fewer, a few would name everybody.
LEAST_PREFIX = 8


@env.parser_for("text")
def _text(value: str, *, needed: bool = False) -> str:
    """Return text without blanks around it."""
    if needed and not value.strip():
        raise ValidationError("write a value, it is needed.")
    return value.strip()


@env.parser_for("names")
def _names(value: str) -> list[str]:
    """Return the comma-separated values as a list."""
    return [part.strip() for part in value.split(",") if part.strip()]


@env.parser_for("address")
def _address(value: str, *, schemes: Collection[str], needed: bool = False) -> str:
    """Return an address of one of the schemes, with a host or, for sockets, a path; nothing where none is needed."""
    parts = urlsplit(value.strip())
    if (value or needed) and (parts.scheme not in schemes or not (parts.netloc or parts.path)):
        raise ValidationError(f"write {', '.join(f'{scheme}://…' for scheme in schemes)}.")
    return value.strip()


@env.parser_for("database")
def _database(value: str, *, sqlite: Path, pool: dict[str, Any]) -> Mapping[str, object]:
    """Return Django's entry for a database: the file `sqlite` where nothing is set, else PostgreSQL with this pool."""
    if not value:
        # IMMEDIATE: writers queue for the lock instead of failing when a read turns into a write.
        options = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": sqlite, "OPTIONS": options}
    try:
        entry = dj_database_url.parse(value, conn_health_checks=True)
    except ValueError:
        entry = {}
    if entry.get("ENGINE") != "django.db.backends.postgresql" or not entry["NAME"]:
        raise ValidationError("write postgresql://user:password@host:port/name, with special characters as %40.")
    return entry | {"OPTIONS": entry.get("OPTIONS", {}) | {"pool": pool}}


@env.parser_for("hours")
def _hours(value: str) -> tuple[int, int] | None:
    """Return (first hour, hour of the end) of a night like 22-8, or None for "off"."""
    if value == "off":
        return None
    if not re.fullmatch(r"(1[2-9]|2[0-3])-([0-9]|1[01])", value):
        raise ValidationError("write hours like 22-8, or off.")
    begin, end = value.split("-")
    return int(begin), int(end)


@env.parser_for("origins")
def _origins(value: str) -> list[str]:
    """Return https://host values, where a host may begin with *."""
    origins = _names(value)
    for origin in origins:
        if not re.fullmatch(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?", origin):
            raise ValidationError(f"{origin!r}: write https://host or https://*.host, without a path.")
    return origins


@env.parser_for("networks")
def _networks(value: str) -> list[str]:
    """Return the addresses and networks of machines; what names half the world is refused, as is *."""
    found = _names(value)
    for network in found:
        try:
            is_named = ipaddress.ip_network(network).prefixlen >= LEAST_PREFIX
        except ValueError:
            is_named = False
        if not is_named:
            raise ValidationError(f"{network!r}: name the proxy by its address or network; * would be anybody.")
    return found


@env.parser_for("file")
def _file(value: str, *, needed: bool = False) -> str:
    """Return the path of a file that is there; nothing where none is needed."""
    if (value or needed) and not os.path.isfile(value):
        raise ValidationError(f"{value!r}: there is no such file.")
    return value


@env.parser_for("keys")
def _keys(value: str, *, fallback: str) -> dict[str, bytes]:
    """Return {key name: 32 bytes}; where none is given, one derived from `fallback`."""
    found = {}
    for entry in _names(value):
        label, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not re.fullmatch(r"[a-z0-9]{1,12}", label) or len(key) != 32 or label in found:
            raise ValidationError("write name:base64 of 32 bytes, e.g. k1:$(openssl rand -base64 32).")
        found[label] = key
    if not found and not fallback:
        raise ValidationError("give a key; without it no identity number can be stored or read.")
    return found or {"dev": hashlib.sha256(fallback.encode()).digest()}
