"""`POST /wire/widget/<site_key>/`: the visitor's frames by long poll, where WebSocket is blocked.

A session is a socket that lives in this process: the same consumer runs behind it, with the same checks and budgets. A
request brings frames and takes what is waiting; an empty one waits up to 25 s for something. A session that another
process holds, or that nobody polled for 40 s, is gone: the client says hello anew, as after any lost socket.
"""

import asyncio
import contextlib
import re
import secrets
import time
from collections import Counter
from typing import Any

import msgspec

from agency.live import process
from agency.live.outlet import TOO_SLOW, UNSENT_LIMIT
from agency.services.system import rate_limits
from chat.domain.frames import FRAME_LIMIT
from chat.realtime.auth import address_of, header
from chat.realtime.direct import HandOver
from chat.realtime.widget.socket import widget_socket
from tenants import memory
from tenants.context import run_in
from tenants.resolve import find_site

_PATH = re.compile(r"^/wire/widget/([0-9a-f]{32})/$")
WAIT = 25.0
# Longer than a wait and a slow request behind it; shorter than the 2 minutes of a phone in the background.
FORGET_AFTER = 40.0
BODY_LIMIT = FRAME_LIMIT + 4_096
MAX_SESSIONS = 5_000
# Of one site, and of one address range: an office whose proxy blocks WebSocket has one address for all its people.
MAX_OF_SITE = 2_500
MAX_OF_ADDRESS = 250
GONE = 4410

_consumer = HandOver(widget_socket)


class Ask(msgspec.Struct, forbid_unknown_fields=True):
    """A request: the session it goes on with, and frames as texts."""

    session: str | None = None
    frames: list[str] = []


class PollAnswer(msgspec.Struct):
    """The answer to a request. `closed`: the close code of a session that is over."""

    session: str
    frames: list[str]
    closed: int | None = None


class Session:
    """One virtual socket."""

    def __init__(self, scope: dict[str, Any], site_key: str) -> None:
        self.id = secrets.token_urlsafe(24)
        self.site_key = site_key
        self.caller = rate_limits.address_key(address_of(scope))
        self.seen_at = time.monotonic()
        self.closed: int | None = None
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._waiting: list[str] = []
        self._size = 0
        self._news = asyncio.Event()
        socket = {
            "type": "websocket",
            "path": scope["path"],
            "query_string": scope.get("query_string", b""),
            "headers": scope["headers"],
            "client": scope.get("client"),
            "subprotocols": [],
            "url_route": {"args": (), "kwargs": {"site_key": site_key}},
        }
        self._inbox.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.get_running_loop().create_task(self._run(socket))

    def take_in(self, frames: list[str]) -> None:
        """Hand the frames to the consumer."""
        for text in frames:
            self._inbox.put_nowait({"type": "websocket.receive", "text": text})

    async def give_out(self, wait: float) -> PollAnswer:
        """Return the waiting frames, or if there are none those that come within `wait` seconds. An earlier call that
        still waits ends empty.
        """
        self._news.set()
        mine = self._news = asyncio.Event()
        self.seen_at = time.monotonic()
        if not self._waiting and self.closed is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(mine.wait(), wait)
            self.seen_at = time.monotonic()
        if mine is not self._news:
            return PollAnswer(self.id, [])
        frames, self._waiting, self._size = self._waiting, [], 0
        mine.clear()
        return PollAnswer(self.id, frames, self.closed)

    def hang_up(self) -> None:
        """The other end is gone."""
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": GONE})

    async def _run(self, socket: dict[str, Any]) -> None:
        try:
            await _consumer(socket, self._inbox.get, self._send)
        finally:
            self._close(GONE)

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.close":
            self._close(message.get("code", 1000))
        elif message["type"] == "websocket.send" and self.closed is None:
            # As an outlet does: what waits already cuts a session, never the size of one text.
            if self._size > UNSENT_LIMIT:
                self._waiting.clear()
                self._close(TOO_SLOW)
                self.hang_up()
                return
            self._waiting.append(message["text"])
            self._size += len(message["text"])
            self._news.set()

    def _close(self, code: int) -> None:
        if self.closed is None:
            self.closed = code
        self._news.set()


_sessions: dict[str, Session] = memory.keep({})
# How many of them are open, by site key and by address range.
_open_of: Counter[str] = memory.keep(Counter())


class LongPoll:
    """ASGI application in front of Django: answers the long poll, hands on all other requests."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        match = _PATH.match(scope["path"])
        if match is None:
            await self.app(scope, receive, send)
        elif scope["method"] != "POST":
            await _answer(send, 405, b"", [(b"allow", b"POST")])
        else:
            process.start()
            cors = await _cors(scope, match[1])
            status, body = await _serve(scope, match[1], receive)
            await _answer(send, status, body, cors)


@process.each_process
async def forget_silent() -> None:
    """Hang up sessions that nobody polls any more."""
    while True:
        await asyncio.sleep(5.0)
        limit = time.monotonic() - FORGET_AFTER
        for session in [one for one in _sessions.values() if one.seen_at < limit]:
            _forget(session)


def _forget(session: Session) -> None:
    session.hang_up()
    if _sessions.pop(session.id, None) is not None:
        _count(session, -1)


def _count(session: Session, change: int) -> None:
    """Keep the counts of open sessions. Nothing is counted under ""."""
    for of in (session.site_key, session.caller):
        _open_of[of] += change if of else 0
        if not _open_of[of]:
            del _open_of[of]


def _has_room(scope: dict[str, Any], site_key: str) -> bool:
    caller = rate_limits.address_key(address_of(scope))
    return len(_sessions) < MAX_SESSIONS and _open_of[site_key] < MAX_OF_SITE and _open_of[caller] < MAX_OF_ADDRESS


async def _serve(scope: dict[str, Any], site_key: str, receive: Any) -> tuple[int, bytes]:
    raw = await _body(receive)
    if raw is None:
        return 413, b'{"error":"too_big"}'
    try:
        ask = msgspec.json.decode(raw, type=Ask)
    except (msgspec.DecodeError, RecursionError):
        return 400, b'{"error":"bad_frame"}'
    if ask.session is None:
        if not _has_room(scope, site_key):
            return 503, b'{"error":"busy"}'
        session = Session(scope, site_key)
        _sessions[session.id] = session
        _count(session, 1)
    else:
        held = _sessions.get(ask.session)
        if held is None or held.site_key != site_key:
            return 410, b'{"error":"gone"}'
        session = held
    session.take_in(ask.frames)
    answer = await session.give_out(WAIT)
    if answer.closed is not None:
        # A consumer that closed by a timer still waits for its next frame, and hears only this.
        _forget(session)
    return 200, msgspec.json.encode(answer)


async def _body(receive: Any) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            return None
        if not message.get("more_body"):
            return body


async def _cors(scope: dict[str, Any], site_key: str) -> list[tuple[bytes, bytes]]:
    origin = header(scope, b"origin")
    site = await run_in(None, find_site, site_key)
    if site is None or origin.lower() not in site.origins:
        return [(b"vary", b"Origin")]
    return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin")]


async def _answer(send: Any, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    headers = [
        *headers,
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
