"""The sockets' URLs."""

from django.urls import path

from chat.realtime.console.socket import ConsoleConsumer
from chat.realtime.widget.socket import WidgetConsumer

sockets = [
    path("ws/widget/<str:site_key>/", WidgetConsumer.as_asgi()),
    path("ws/console/", ConsoleConsumer.as_asgi()),
]
