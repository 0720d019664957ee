"""The sockets' URLs."""

from django.urls import path

from chat.realtime.console.socket import ConsoleConsumer
from chat.realtime.widget.socket import widget_socket

sockets = [
    path("ws/widget/<str:site_key>/", widget_socket),  # type: ignore[arg-type]
    path("ws/console/", ConsoleConsumer.as_asgi()),
]
