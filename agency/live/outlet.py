"""The sending side of one socket."""

import asyncio
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

# Bytes that may wait in a socket that doesn't read, before it is cut.
UNSENT_LIMIT = 256 * 1024
# Close codes of docs/protocol.md: it doesn't read what we send; it sends more than a person may.
TOO_SLOW, TOO_FAST = 4413, 4429


class Outlet:
    """Texts out of one socket, in order. `push` is synchronous: a message costs no task.

    The send coroutine is stepped once by hand; only when it has to wait (the socket's buffer is full) a task and a
    bounded queue are made, so one slow reader never holds up the others.
    """

    __slots__ = ("closed", "pending", "queue", "send", "size", "task")

    def __init__(self, send: Send) -> None:
        self.send = send
        self.queue: deque[str] | None = None
        self.size = 0
        self.task: asyncio.Task[None] | None = None
        self.closed = False
        # Commands taken in and not answered yet.
        self.pending = 0

    def push(self, text: str) -> None:
        """Send the text now, or queue it behind what waits; over 256 KB waiting the socket is cut."""
        if self.closed:
            return
        if self.queue is not None:
            self.queue.append(text)
            self.size += len(text)
            if self.size > UNSENT_LIMIT:
                self.queue.clear()
                self.close(TOO_SLOW)
            return
        coroutine = self.send({"type": "websocket.send", "text": text})
        assert isinstance(coroutine, Coroutine)
        try:
            future = coroutine.send(None)
        except StopIteration:
            return
        except Exception:
            self.closed = True  # gone; the receive loop will see the disconnect
            return
        self.queue = deque()
        self.task = asyncio.get_running_loop().create_task(self._drain(coroutine, future))

    def close(self, code: int) -> None:
        """Close the socket at once; nothing is sent after it."""
        if self.closed:
            return
        self.closed = True
        if self.task is not None:
            self.task.cancel()
        self.task = asyncio.get_running_loop().create_task(self._close(code))

    async def _close(self, code: int) -> None:
        try:
            await self.send({"type": "websocket.close", "code": code})
        except Exception:  # the other end was faster
            return

    async def _drain(self, coroutine: Coroutine[Any, Any, None], future: Any) -> None:
        try:
            await _resume(coroutine, future)
            while self.queue:
                text = self.queue.popleft()
                self.size -= len(text)
                await self.send({"type": "websocket.send", "text": text})
        except Exception:
            self.closed = True
        finally:
            if not self.closed:
                self.task = None
            self.queue, self.size = None, 0


@types.coroutine
def _resume(coroutine: Coroutine[Any, Any, None], future: Any) -> Generator[Any, Any, None]:
    """Carry on with a send that `push` began and that had to wait."""
    while True:
        step: Callable[[Any], Any]
        value: Any
        try:
            value = yield future
            step = coroutine.send
        except BaseException as error:
            value, step = error, coroutine.throw
        try:
            future = step(value)
        except StopIteration:
            return  # a StopIteration may not leave a generator (PEP 479)
