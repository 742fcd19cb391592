"""ASGI entry point: pages over HTTP, live notices over WebSocket."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandian.settings")
pages = get_asgi_application()

from channels.layers import get_channel_layer  # noqa: E402 - likewise

from accounts.login.sockets import SecondFactorSockets  # noqa: E402 - needs the app registry to be ready
from bandian.web.limits import BodyLimit  # noqa: E402 - needs the settings
from files import sandbox  # noqa: E402 - needs the settings
from notifications.live.routing import websocket_urlpatterns  # noqa: E402 - needs the app registry to be ready

# Its first use imports the Redis client, which takes too long for the event loop of a running server.
get_channel_layer()
# Says in the log what of its limits the kernel refuses.
sandbox.start()

application = ProtocolTypeRouter(
    {
        "http": BodyLimit(pages),
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(SecondFactorSockets(URLRouter(websocket_urlpatterns)))
        ),
    }
)
