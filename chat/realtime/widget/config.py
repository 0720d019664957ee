"""`GET /widget/<site_key>/config`, answered from memory before Django's middleware."""

import re
from typing import Any

import msgspec
from django.db import InterfaceError, OperationalError

from agency.domain.pool.overflow import OPEN
from agency.live import process
from agency.services.pool.availability import CHAT
from chat.realtime.auth import own_origin
from chat.realtime.trial import asked_token
from chat.realtime.widget import availability, counters, sightings
from chat.realtime.widget.availability import Config
from chat.services.trial import CannotTry, check_token
from chat.services.widget_files import takes_gzip

_PATH = re.compile(r"^/widget/([0-9a-f]{32})/config$")
_KEEP = b"public, max-age=0, must-revalidate"
_VARY = b"Origin, Accept-Encoding"
# A page may say one of these with its question, as its query: the figure that counts it.
_SAID = {b"new": "shown", b"opened": "opened", b"no": "dismissed"}


# Or it has the sign of a test chat, which is an answer of its own.
_TEST = b"test="


class WidgetConfig:
    """ASGI application in front of Django: answers config requests, hands on all others."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        match = _PATH.match(scope["path"])
        if match is None:
            await self.app(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, [(b"allow", b"GET, HEAD")])
            return
        process.start()
        try:
            config = await availability.find_config(match[1])
        except (OperationalError, InterfaceError):
            await _answer(send, 503, [(b"cache-control", b"no-store"), (b"retry-after", b"5")])
            return
        if config is None:
            await _answer(send, 404, [])
            return
        asked = dict(scope["headers"])
        origin = asked.get(b"origin", b"")
        if scope["query_string"].startswith(_TEST):
            await _try(config, scope, origin, send)
            return
        packed = takes_gzip(asked.get(b"accept-encoding", b"").decode("latin-1"))
        etag = config.packed_etag if packed else config.etag
        headers = [(b"etag", etag), (b"cache-control", _KEEP), (b"vary", _VARY)]
        if origin.lower() in config.origins:
            headers.append((b"access-control-allow-origin", origin))
            sightings.page_asked(config.state.site.pk, origin.lower())
            if scope["query_string"]:
                _count(config, scope["query_string"])
        if asked.get(b"if-none-match") == etag:
            await _answer(send, 304, headers)
            return
        headers += [(b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff")]
        if packed:
            headers.append((b"content-encoding", b"gzip"))
        body = config.packed if packed else config.body
        await _answer(send, 200, headers, body if scope["method"] == "GET" else b"")


def _count(config: Config, query: bytes) -> None:
    """Count what the page says of its visitor: `new`, `opened=` or `no=` with the id of the page's greeting."""
    name, _, greeting = query.partition(b"=")
    what, site = _SAID.get(name), config.state.site
    # Where nothing is offered there is no launcher.
    if what and not (what == "shown" and config.state.mode == "hidden"):
        counters.count(site.pk, availability.greeting_key(site.key, greeting.decode("latin-1")), what)


async def _try(config: Config, scope: dict[str, Any], origin: bytes, send: Any) -> None:
    """Answer a page that tries the site's chat: as if somebody were there, or 403 for a sign that isn't good here.

    Never as if it had no sign: whoever follows an old link would have a real chat, with a person and a bill.
    """
    site, token = config.state.site, asked_token(scope)
    # A browser names no origin to its own, which is a page of ours; the socket behind it does.
    said = origin.decode("latin-1").lower() or own_origin(scope)
    headers = [(b"cache-control", b"no-store"), (b"vary", _VARY)]
    try:
        check_token(token, key=site.key, origin=said)
    except CannotTry:
        # A page reads no status, and so hides nothing, without being allowed to.
        if origin.lower() in config.origins:
            headers.append((b"access-control-allow-origin", origin))
        await _answer(send, 403, headers)
        return
    if origin.lower() in config.origins:
        sightings.page_asked(site.pk, origin.lower())
    body: dict[str, Any] = msgspec.json.decode(config.body)
    offer = body["availability"] | {"mode": CHAT, "closes_at": None, "opens_at": None}
    body |= {"availability": offer, "level": OPEN, "low_value": [], "invite_after": None, "test": token}
    headers.append((b"content-type", b"application/json"))
    if origin:
        headers.append((b"access-control-allow-origin", origin))
    await _answer(send, 200, headers, msgspec.json.encode(body))


async def _answer(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
