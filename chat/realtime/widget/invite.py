"""`POST /widget/<site_key>/invite`: may this page invite its visitor? Answered before Django's middleware, beside the
config.

Without a body, so that no browser asks first whether it may ask: the query says which greeting it would be. A no
costs no query while the pool is short.
"""

import re
from typing import Any

import msgspec
from django.db import InterfaceError, OperationalError

from agency.domain.pool.overflow import OPEN
from agency.live import process
from agency.models import Reservation
from agency.services.pool import reservations
from agency.services.pool.site_facts import PoolFacts
from chat.realtime.auth import address_of, header
from chat.realtime.widget import availability, counters
from tenants import clock
from tenants.context import run_in
from tenants.models import Site

_PATH = re.compile(r"^/widget/([0-9a-f]{32})/invite$")


class WidgetInvite:
    """ASGI application: answers invitations, hands on all other requests."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        match = _PATH.match(scope["path"])
        if match is None:
            await self.app(scope, receive, send)
            return
        if scope["method"] != "POST":
            await _answer(send, 405, headers=[(b"allow", b"POST")])
            return
        process.start()
        try:
            config = await availability.find_config(match[1])
            if config is None:
                await _answer(send, 404)
                return
            origin = header(scope, b"origin").lower().encode("latin-1")
            if origin not in config.origins:
                await _answer(send, 403)
                return
            reserved = await _reserve(config.state.site, config.state.level, scope)
        except (OperationalError, InterfaceError):
            await _answer(send, 503, headers=[(b"retry-after", b"5")])
            return
        if reserved is not None:
            greeting = availability.greeting_key(match[1], scope["query_string"].decode("latin-1"))
            counters.count(config.state.site.pk, greeting, "invited")
        body = {
            "granted": reserved is not None,
            "id": reserved.pk if reserved else None,
            "seconds": _left(reserved) if reserved else None,
        }
        allow = [
            (b"access-control-allow-origin", origin),
            (b"content-type", b"application/json"),
        ]
        await _answer(send, 200, msgspec.json.encode(body), allow)


async def _reserve(site: Site, level: str, scope: dict[str, Any]) -> Reservation | None:
    known = availability.known()
    if level != OPEN or known is None:
        return None
    device = header(scope, b"user-agent")
    return await run_in(None, _ask, site, level, known, address_of(scope), device)


def _ask(site: Site, level: str, known: PoolFacts, address: str, device: str) -> Reservation | None:
    if not reservations.may_ask(site=site, address=address, device=device):
        return None
    return reservations.reserve(site=site, level=level, known=known, now=clock.now())


def _left(reserved: Reservation) -> float:
    """Seconds the slot is still kept: no time of day, as a device's clock may be minutes off."""
    return round((reserved.expires_at - clock.now()).total_seconds(), 1)


async def _answer(send: Any, status: int, body: bytes = b"", headers: list[tuple[bytes, bytes]] | None = None) -> None:
    every = [
        *(headers or []),
        (b"vary", b"Origin"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": every})
    await send({"type": "http.response.body", "body": body})
