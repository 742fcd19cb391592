"""Every address that the site answers to, read from the URL resolver and the socket routes."""

import re
from dataclasses import dataclass
from functools import cache

from django.urls import URLPattern, get_resolver

from notifications.live.routing import websocket_urlpatterns

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True)
class Route:
    """`name` is the view's name with its namespace, or the route itself where it has none."""

    name: str
    pattern: str
    view: object

    def path(self, **values):
        """Return the address with the parameters filled in."""
        route = re.sub(r"(?<![<?])[\^$]", "", self.pattern)
        return "/" + _PARAMETER.sub(lambda found: str(values[found[1] or found[2]]), route)

    @property
    def parameters(self):
        return {first or second for first, second in _PARAMETER.findall(self.pattern)}

    @property
    def is_public(self):
        return not getattr(self.view, "login_required", True)


def pages(resolver=None, namespaces=(), prefix=""):
    """Return {name: route} of everything below the resolver; the site's own where none is given."""
    return _pages(resolver or get_resolver(), namespaces, prefix)


@cache
def _pages(resolver, namespaces, prefix):
    found = {}
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            name = ":".join([*namespaces, pattern.name]) if pattern.name else route
            found[name] = Route(name, route, pattern.callback)
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            found |= _pages(pattern, inner, route)
    return found


def sockets():
    return {f"/{pattern.pattern}" for pattern in websocket_urlpatterns}
