from django.urls import path

from notifications.live.consumer import live_socket

websocket_urlpatterns = [path("ws/notices/", live_socket)]  # type: ignore[arg-type]  # channels routes ASGI applications, not views
