"""Posts handed to the writer, and what became of them."""

import json
from typing import Any

from django.utils import timezone

from agency.live.outlet import Outlet
from chat.live.judge import Post
from chat.models import Message
from tenants.context import Schema, in_company
from tests.chat.realtime.desk import Socket
from tests.chat.realtime.scene import Held, new_id


class Ear:
    """An outlet that keeps what is pushed into it."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.outlet = Outlet(self._send)

    async def _send(self, message: dict[str, Any]) -> None:
        self.heard.append(json.loads(message["text"]))


def post(chat: Held, body: str, *, schema: str = "t_acme", ear: Ear | None = None) -> Post:
    """Return a visitor's text, past the checks of the socket."""
    return Post(
        schema=schema,
        chat_id=chat.id,
        client_id=new_id(),
        side="visitor",
        kind="text",
        body=body,
        at=timezone.now(),
        outlet=(ear or Ear()).outlet,
    )


def texts(chat_id: str, schema: str = "t_acme") -> list[tuple[int, str]]:
    """Seq and body of a chat's texts."""
    with in_company(Schema(schema)):
        rows = Message.objects.filter(chat=chat_id, kind="text").order_by("seq")
        return list(rows.values_list("seq", "body"))


async def post_raw(socket: Socket, body: str, client_id: str, **more: Any) -> None:
    await socket.send(type="message.post", client_id=client_id, body=body, **more)
