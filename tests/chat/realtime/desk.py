"""Visitors and operators as tests play them, over the real ASGI application."""

import asyncio
import contextlib
import json
import uuid
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from agency.models import User
from balie.asgi import application
from tests import cast

WAIT = 5
# Frames that nobody asked for could go on for ever, each within WAIT of the one before.
PATIENCE = 30
_opened: list["Socket"] = []


class Socket:
    """One WebSocket. Frames that nobody asked for yet are kept in order."""

    def __init__(self, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        self.communicator = WebsocketCommunicator(application, path, headers=headers, subprotocols=["balie.v1"])
        self.kept: list[dict[str, Any]] = []
        # All that came, in order, and what was sent, as {"sent": frame}.
        self.story: list[dict[str, Any]] = []
        self.close_code: int | None = None

    async def connect(self) -> None:
        _opened.append(self)
        accepted, _ = await self.communicator.connect(timeout=WAIT)
        assert accepted

    async def send(self, **frame: Any) -> None:
        self.story.append({"sent": frame})
        await self.send_raw(json.dumps(frame))

    async def send_raw(self, text: str) -> None:
        await self.communicator.send_to(text_data=text)

    async def next(self, *, timeout: float = WAIT) -> dict[str, Any]:
        """Return the next frame, kept ones first."""
        if self.kept:
            return self.kept.pop(0)
        return await self._receive(timeout)

    async def hear(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """Return the next frame of this type with these fields. Others before it are kept for later."""
        for index, frame in enumerate(self.kept):
            if _matches(frame, kind, wanted):
                return self.kept.pop(index)
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self._receive(WAIT)
                if _matches(frame, kind, wanted):
                    return frame
                self.kept.append(frame)

    async def hear_close(self) -> int:
        """Return the close code with which the server ends this socket."""
        async with asyncio.timeout(PATIENCE):
            while True:
                output = await self.communicator.receive_output(WAIT)
                if output["type"] == "websocket.close":
                    return int(output["code"])
                self.kept.append(json.loads(output["text"]))

    async def silent(self, *kinds: str, seconds: float = 0.15) -> None:
        """Nothing of these types came, and none comes for a moment."""
        async with asyncio.timeout(PATIENCE):
            while not await self.communicator.receive_nothing(seconds):
                self.kept.append(await self._receive(WAIT))
        assert not [frame for frame in self.kept if frame["type"] in kinds], self.kept

    async def leave(self) -> None:
        await self.communicator.disconnect(timeout=WAIT)

    async def _receive(self, timeout: float) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self.communicator.receive_from(timeout=timeout))
        self.story.append(frame)
        return frame


async def leave_all() -> None:
    """Leave every socket that a test left open."""
    while _opened:
        # The client cancels an application that kept it waiting; leaving it then says so once more.
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await _opened.pop().leave()


async def visitor(
    site: str = cast.ACME_SITE, origin: str = cast.ACME_ORIGIN, **hello: Any
) -> tuple[Socket, dict[str, Any]]:
    """Return a visitor who said hello, and the welcome."""
    socket = Socket(f"/ws/widget/{site}/", [(b"origin", origin.encode())])
    await socket.connect()
    await socket.send(type="hello", **hello)
    return socket, await socket.hear("welcome")


async def operator(email: str = "alice@balie.test") -> tuple[Socket, dict[str, Any]]:
    """Return an operator's console that said hello, and the snapshot."""
    socket = await console_socket(email)
    await socket.connect()
    await socket.send(type="hello")
    return socket, await socket.hear("snapshot")


async def console_socket(email: str) -> Socket:
    """Return a console of a new session, not connected yet."""
    key = await sync_to_async(sign_in)(email)
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}"
    return Socket(
        "/ws/console/",
        [(b"cookie", cookie.encode()), (b"origin", b"http://localhost"), (b"host", b"localhost")],
    )


def sign_in(email: str) -> str:
    """Return the key of a new session of this user."""
    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


async def say(socket: Socket, body: str, **more: Any) -> dict[str, Any]:
    """Post a message and wait for its ack."""
    client_id = str(uuid.uuid4())
    await socket.send(type="message.post", client_id=client_id, body=body, **more)
    return await socket.hear("ack", client_id=client_id)


async def take(console: Socket) -> dict[str, Any]:
    """Accept the offer that rings. Returns the chat as the console then has it."""
    offer = (await console.hear("offer.made"))["offer"]
    await console.send(
        type="offer.accept",
        chat_id=offer["chat_id"],
        fence=offer["fence"],
        client_id=str(uuid.uuid4()),
    )
    return (await console.hear("chat.added"))["chat"]


def _matches(frame: dict[str, Any], kind: str, wanted: dict[str, Any]) -> bool:
    return frame["type"] == kind and all(frame.get(key) == value for key, value in wanted.items())
