"""The tutorial design, as a yardstick: what the framework's own tutorials lead to.

One consumer per socket, a group per chat, the ORM through `database_sync_to_async` with its defaults, no pool, one
channel-layer message per chat message. It has no seq, no idempotency, no budget and no sign-in.
"""

import json
import os
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from django.conf import settings

_db = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _db.path.lstrip("/"),
            "USER": unquote(_db.username or ""),
            "PASSWORD": unquote(_db.password or ""),
            "HOST": _db.hostname,
            "PORT": _db.port,
            # Kinder than the default, which connects anew for each call.
            "CONN_MAX_AGE": None,
        }
    },
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # As Balie's own layer, without which redis-py 8 closes sockets above 100.
            "CONFIG": {
                "hosts": [
                    {
                        "address": os.environ["REDIS_URL"],
                        "socket_timeout": 30,
                        "max_connections": 10_000,
                    }
                ],
                "capacity": 5_000,
            },
        }
    },
    INSTALLED_APPS=["channels"],
    ROOT_URLCONF="balie.bench.live.reference_tutorial",
    SECRET_KEY=os.environ["SECRET_KEY"],
    USE_TZ=True,
)

import django  # noqa: E402

django.setup()

from channels.db import database_sync_to_async  # noqa: E402
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402

urlpatterns: list[Any] = []
_PLACES = json.loads(Path(os.environ["BALIE_BENCH_SCENE"]).read_text())["places"]


class TutorialChat(models.Model):
    """A chat."""

    id = models.UUIDField(primary_key=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        app_label = "tutorial"
        managed = False
        db_table = "bench_chat"

    def __str__(self) -> str:
        return str(self.id)


class TutorialMessage(models.Model):
    """A message of a chat."""

    chat = models.ForeignKey(TutorialChat, on_delete=models.CASCADE)
    client_id = models.UUIDField()
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        app_label = "tutorial"
        managed = False
        db_table = "bench_message"

    def __str__(self) -> str:
        return str(self.pk)


@database_sync_to_async
def save(chat_id: str, client_id: str, body: str) -> int:
    """Store a message and return its id."""
    chat = TutorialChat.objects.get(pk=chat_id)
    return TutorialMessage.objects.create(chat=chat, client_id=client_id, body=body).pk


class TutorialConsumer(AsyncJsonWebsocketConsumer):
    """A visitor's or an operator's socket."""

    chats: list[str]

    async def connect(self) -> None:
        query = self.scope["query_string"].decode()
        name, _, number = query.partition("=")
        self.chats = [
            place["chat_id"]
            for index, place in enumerate(_PLACES)
            if (index if name == "visitor" else place["operator"]) == int(number)
        ]
        for chat in self.chats:
            await self.channel_layer.group_add(f"chat.{chat}", self.channel_name)
        await self.accept("balie.v1")

    async def disconnect(self, code: int) -> None:
        for chat in self.chats:
            await self.channel_layer.group_discard(f"chat.{chat}", self.channel_name)

    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        if content["type"] == "hello":
            await self.send_json({"type": "welcome"})
            return
        chat, client_id = self.chats[0], content["client_id"]
        seq = await save(chat, client_id, content["body"])
        await self.send_json({"type": "ack", "client_id": client_id, "seq": seq, "chat_id": chat})
        message = {"seq": seq, "side": "visitor", "client_id": client_id, "body": content["body"]}
        event = {"type": "chat.message", "chat_id": chat, "message": message}
        await self.channel_layer.group_send(f"chat.{chat}", event)

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Hand a message of the group to this socket."""
        await self.send_json({**event, "type": "message.posted"})


application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter(
            [
                path("ws/widget/<str:site_key>/", TutorialConsumer.as_asgi()),
                path("ws/console/", TutorialConsumer.as_asgi()),
            ]
        ),
    }
)
