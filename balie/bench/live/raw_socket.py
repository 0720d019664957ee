"""A WebSocket client without a library: the load must cost less than what it loads.

It masks with zeros, reads whole frames from its buffer, and knows nothing of fragments, which our servers never send.
"""

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from typing import cast

Hear = Callable[[bytes], None]

_TEXT, _CLOSE, _PING = 1, 8, 9
_REQUEST = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: balie.v1\r\nOrigin: {origin}\r\n"
    "Sec-WebSocket-Key: {key}\r\n{cookie}\r\n"
)


def text_frame(payload: bytes) -> bytes:
    """A client's text frame."""
    length = len(payload)
    if length < 126:
        return bytes((0x81, 0x80 | length)) + b"\0\0\0\0" + payload
    return b"\x81\xfe" + struct.pack(">H", length) + b"\0\0\0\0" + payload


class RawSocket(asyncio.Protocol):
    """One connection. `hear` gets the payload of every text frame."""

    def __init__(self, request: bytes, hear: Hear, opened: "asyncio.Future[RawSocket]") -> None:
        self._request, self.hear, self._opened = request, hear, opened
        self._buffer = b""
        self._upgraded = False
        self.closed = False
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes.
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self._opened.done():
            self._opened.set_exception(ConnectionError(f"closed at the handshake: {exc}"))

    def send(self, payload: bytes) -> None:
        """Send one text frame."""
        self.transport.write(text_frame(payload))

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        if not self._upgraded:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                self._buffer = buffer
                return
            if b" 101 " not in buffer[:16]:
                self._opened.set_exception(ConnectionError(f"refused: {buffer[:80]!r}"))
                self.transport.close()
                return
            self._upgraded = True
            buffer = buffer[end + 4 :]
            self._opened.set_result(self)
        self._buffer = self._frames(buffer)

    def _frames(self, buffer: bytes) -> bytes:
        """Take every whole frame and return what is left of the buffer."""
        at, end = 0, len(buffer)
        while end - at >= 2:
            length, head = buffer[at + 1] & 127, 2
            if length == 126:
                if end - at < 4:
                    break
                length, head = (buffer[at + 2] << 8) | buffer[at + 3], 4
            elif length == 127:
                if end - at < 10:
                    break
                length, head = struct.unpack_from(">Q", buffer, at + 2)[0], 10
            if end - at < head + length:
                break
            kind = buffer[at] & 15
            if kind == _TEXT:
                self.hear(buffer[at + head : at + head + length])
            elif kind == _PING:
                self.transport.write(b"\x8a\x80\0\0\0\0")
            elif kind == _CLOSE:
                self.transport.close()
            at += head + length
        return buffer[at:]


async def open_socket(port: int, path: str, *, origin: str, cookie: str, hear: Hear) -> RawSocket:
    """Connect to 127.0.0.1 and return when the server has accepted.

    Raises ConnectionError when it refuses.
    """
    loop = asyncio.get_running_loop()
    opened: asyncio.Future[RawSocket] = loop.create_future()
    request = _REQUEST.format(
        path=path,
        host=f"127.0.0.1:{port}",
        origin=origin,
        key=base64.b64encode(os.urandom(16)).decode(),
        cookie=f"Cookie: {cookie}\r\n" if cookie else "",
    ).encode()
    await loop.create_connection(lambda: RawSocket(request, hear, opened), host="127.0.0.1", port=port)
    return await opened
