"""How a test hears that a socket, a frame or a command is refused."""

import time
import uuid
from typing import Any

from django.core import signing

from chat.realtime import auth
from tests import cast
from tests.chat.realtime.desk import Socket


async def error_of(socket: Socket, **frame: Any) -> str:
    """Return the code that answers this frame."""
    await socket.send(**frame)
    return str((await socket.hear("error"))["code"])


def widget(site: str, origin: bytes | None) -> Socket:
    """Return a visitor's socket that isn't connected yet."""
    headers = [] if origin is None else [(b"origin", origin)]
    return Socket(f"/ws/widget/{site}/", headers)


def make_token(site: str = cast.ACME_SITE, *, age: float = 0, salt: str = auth._SALT) -> str:
    """Return a token as it would be issued, of this age in seconds and under this salt."""
    signer = signing.TimestampSigner(salt=salt)
    now = time.time
    signing.time.time = lambda: now() - age  # type: ignore[assignment]
    try:
        return signer.sign_object([site, uuid.uuid4().hex])
    finally:
        signing.time.time = now  # type: ignore[assignment]
