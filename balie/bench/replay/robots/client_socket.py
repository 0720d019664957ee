"""A client's WebSocket as our own front ends keep it: up again with a backoff, and not faster than the budget."""

import asyncio
import random
import time
from collections import Counter
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 2.0
# A server that took a command and says nothing for this long: the socket is given up.
ANSWER_WITHIN_S = 8.0
# Events of one batch may overtake those of another; a gap that is still there after this is asked for.
GAP_WAIT_S = 0.15
# Codes after which the same command is sent again.
AGAIN = frozenset({"busy", "retry"})
# Below the server's 10 a second with a burst of 30, so that a clock a little off is not an offence.
FRAMES_PER_S, FRAMES_BURST = 9.0, 25.0

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder().decode


class ClientLine:
    """One client. Subclasses say hello and take frames.

    Frames sent outside a connection are dropped: after each hello a client looks anew at what is still to be said.
    """

    def __init__(self, url: str, *, origin: str, headers: dict[str, str], seen: Counter[str]) -> None:
        self.url, self.origin, self.headers = url, origin, headers
        # Counts over all clients: connections, reconnects, errors by code.
        self.seen = seen
        self.over = False
        self.up = False
        self._connection: ClientConnection | None = None
        self._wait_s = FIRST_WAIT_S
        self._outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._tokens, self._refilled = FRAMES_BURST, time.monotonic()

    def hello(self) -> dict[str, Any]:
        """The first frame of a connection."""
        raise NotImplementedError

    def take(self, frame: dict[str, Any]) -> None:
        """A frame came."""
        raise NotImplementedError

    def went_down(self) -> None:
        """The connection is gone: nothing that was in flight counts as in flight any more."""

    def send(self, **frame: Any) -> None:
        """Send a frame, in order and within the budget."""
        if self.up or frame["type"] == "hello":
            self._outgoing.put_nowait(frame)

    def greeted(self) -> None:
        """The server answered the hello."""
        self.up = True
        self._wait_s = FIRST_WAIT_S

    def drop(self) -> None:
        """Give up this connection. A new one follows."""
        self.up = False
        if self._connection is not None:
            self._connection.transport.abort()

    def leave(self) -> None:
        """Close for good."""
        self.over = True
        if self._connection is not None:
            self._connection.transport.close()

    async def run(self) -> None:
        """Stay connected until `leave`."""
        while not self.over:
            try:
                await self._connected()
            except (OSError, WebSocketException, TimeoutError):
                self.seen["connection_failed"] += not self.over
            self._connection, self.up = None, False
            self._outgoing = asyncio.Queue()
            self.went_down()
            if not self.over:
                self.seen["reconnects"] += 1
                await asyncio.sleep(random.uniform(0.5, 1.0) * self._wait_s)
                self._wait_s = min(LONGEST_WAIT_S, 2 * self._wait_s)

    async def _connected(self) -> None:
        async with connect(
            self.url,
            origin=Origin(self.origin),
            additional_headers=self.headers,
            subprotocols=[Subprotocol("balie.v1")],
            compression=None,
            ping_interval=None,
            open_timeout=10,
            close_timeout=1,
            proxy=None,
        ) as connection:
            self._connection = connection
            self._tokens, self._refilled = FRAMES_BURST, time.monotonic()
            self.send(**self.hello())
            sender = asyncio.create_task(self._send_out(connection))
            try:
                async for text in connection:
                    self._take(decode(text))
                    if self.over:
                        return
            finally:
                sender.cancel()

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "error":
            self.seen[f"error_{frame['code']}"] += 1
            if not self.up:
                # An error instead of a welcome: this connection leads nowhere.
                self.drop()
                return
        self.take(frame)

    async def _send_out(self, connection: ClientConnection) -> None:
        while True:
            frame = await self._outgoing.get()
            await self._within_budget()
            try:
                await connection.send(encode(frame).decode())
            except WebSocketException:
                return

    async def _within_budget(self) -> None:
        now = time.monotonic()
        refilled = self._tokens + (now - self._refilled) * FRAMES_PER_S
        self._tokens, self._refilled = min(FRAMES_BURST, refilled) - 1, now
        if self._tokens < 0:
            await asyncio.sleep(-self._tokens / FRAMES_PER_S)
