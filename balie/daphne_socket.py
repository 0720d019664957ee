"""Daphne's WebSocket, with two things put right: what it may send, and how it says that nobody is there.

autobahn holds what is *sent* against the limit for what may come *in* (`--websocket-max-message-size`), and refuses to
send on a closing connection with an error that looks like a fault of ours.
"""

from typing import Any

from autobahn.exception import Disconnected
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol


class DaphneSocket(WebSocketProtocol):
    """One connection."""

    maxMessagePayloadSize: int  # noqa: N815

    def serverSend(self, content: Any, binary: bool = False) -> None:  # noqa: N802
        """Send a text of any length. Raises ConnectionResetError where the other end is gone, as ASGI asks for."""
        wall, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().serverSend(content, binary)
        except Disconnected:
            raise ConnectionResetError from None
        finally:
            self.maxMessagePayloadSize = wall


def use() -> None:
    """Let every connection that daphne takes in be one of these."""
    WebSocketFactory.protocol = DaphneSocket
