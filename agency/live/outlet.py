"""The sending side of one socket."""

import asyncio
import logging
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

log = logging.getLogger("balie.live")

Send = Callable[[dict[str, Any]], Awaitable[None]]

# Bytes that may wait in a socket that doesn't read: it is cut when one more text comes. So the size of that text alone
# cuts nobody.
UNSENT_LIMIT = 256 * 1024
# Close codes of docs/protocol.md: it doesn't read what we send; it sends more than a person may; something failed here.
TOO_SLOW, TOO_FAST, FAILED = 4413, 4429, 1011


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
        """Send the text now, or queue it behind what waits. With over 256 KB waiting already, the socket is cut."""
        if self.closed:
            return
        if self.queue is not None:
            if self.size > UNSENT_LIMIT:
                self.queue.clear()
                self.close(TOO_SLOW)
                return
            self.queue.append(text)
            self.size += len(text)
            return
        coroutine = self.send({"type": "websocket.send", "text": text})
        assert isinstance(coroutine, Coroutine)
        try:
            future = coroutine.send(None)
        except StopIteration:
            return
        except Exception as error:
            self._fail(error)
            return
        self.queue = deque()
        self.task = asyncio.get_running_loop().create_task(self._drain(coroutine, future))

    def close(self, code: int) -> None:
        """Close the socket at once. Nothing is sent after it."""
        if self.closed:
            return
        self.closed = True
        if self.task is not None:
            self.task.cancel()
        self.task = asyncio.get_running_loop().create_task(self._close(code))

    def _fail(self, error: Exception) -> None:
        """Mark a socket that is gone. Close one that is there but takes no text, so that its client comes back."""
        if _is_gone(error):
            self.closed = True  # the receive loop will see the disconnect
            return
        log.error("sending failed", exc_info=error)
        self.close(FAILED)

    async def _close(self, code: int) -> None:
        try:
            await self.send({"type": "websocket.close", "code": code})
        except Exception as error:
            if not _is_gone(error):
                log.exception("closing a socket failed")

    async def _drain(self, coroutine: Coroutine[Any, Any, None], future: Any) -> None:
        try:
            await _resume(coroutine, future)
            while self.queue:
                text = self.queue.popleft()
                self.size -= len(text)
                await self.send({"type": "websocket.send", "text": text})
        except Exception as error:
            self._fail(error)
        finally:
            if not self.closed:
                self.task = None
            self.queue, self.size = None, 0


def _is_gone(error: Exception) -> bool:
    """Whether a server says that the other end left: with a kind of OSError, as ASGI asks for.

    uvicorn says RuntimeError between the peer's close frame and the moment in which we hear of it.
    """
    return isinstance(error, OSError) or (
        isinstance(error, RuntimeError) and "after sending 'websocket.close'" in str(error)
    )


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
