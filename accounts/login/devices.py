"""What a user recognises a login by: the browser, and a masked network address."""

import ipaddress
import re
from collections.abc import Mapping

# The first that matches: many browsers name Chrome and Safari beside themselves.
_BROWSERS = {
    "MicroMessenger": "微信",
    "HuaweiBrowser": "华为浏览器",
    "MiuiBrowser": "小米浏览器",
    "QQBrowser": "QQ 浏览器",
    "UCBrowser": "UC 浏览器",
    r"Edg(e|A|iOS)?/": "Edge",
    r"Firefox|FxiOS": "Firefox",
    r"Chrome|CriOS": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    r"HarmonyOS|OpenHarmony": "鸿蒙",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


def describe(user_agent: str) -> str:
    """Return e.g. "微信 · Android"; what is unknown is named so."""
    return f"{_first(_BROWSERS, user_agent, '未知浏览器')} · {_first(_SYSTEMS, user_agent, '未知设备')}"


def mask_address(address: str) -> str:
    """Return the half of an IPv4 address, or the /48 of an IPv6 address, that names the network; empty for others."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:
        return ".".join([*address.split(".")[:2], "*", "*"])
    return ":".join(group.lstrip("0") or "0" for group in parsed.exploded.split(":")[:3]) + ":*"


def _first(names: Mapping[str, str], user_agent: str, unknown: str) -> str:
    return next((name for pattern, name in names.items() if re.search(pattern, user_agent)), unknown)
