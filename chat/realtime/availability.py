"""What every site offers now, in memory: re-read each 2 s, from the first question on."""

import asyncio
import hashlib
import logging
import time
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from agency.live import process
from agency.services.availability import SiteState, list_site_states
from chat.domain import events
from chat.models import Text
from chat.services.texts import list_greetings
from chat.services.widget_files import panel_url
from tenants.context import run_in

log = logging.getLogger("balie.live")

EVERY = 2.0
# Greetings lie in the companies' schemas; a new one is on the pages within this many seconds.
_GREETINGS_FRESH = 30.0


@dataclass(slots=True)
class Config:
    """A site's config answer, ready to send."""

    state: SiteState
    body: bytes = b""
    etag: bytes = b""
    origins: frozenset[bytes] = frozenset()


_configs: dict[str, Config] = {}
_greetings: dict[str, tuple[float, list[dict[str, Any]]]] = {}
_read_at = _failed_at = float("-inf")
_asked = False
_reading: asyncio.Lock | None = None
_reading_loop: asyncio.AbstractEventLoop | None = None


async def of_site(key: str) -> events.Availability:
    """What a known site offers now."""
    config = await find_config(key)
    return as_wire(config.state) if config else events.Availability("hidden", 20)


async def find_config(key: str) -> Config | None:
    """The ready config answer of a site, at most about 2 s old; None for an unknown key.

    Raises:
        OperationalError: the database is away. Those who ask while it is known to be are told at once: each waiting for
            a connection of its own would pile up thousands of questions.
    """
    global _asked
    _asked = True
    if time.monotonic() - _read_at > 2 * EVERY:
        if time.monotonic() - _failed_at < EVERY:
            raise OperationalError("the database was away just now")
        await _refresh()
    config = _configs.get(key)
    if config is not None and not config.body:
        await _render(config)
    return config


@process.each_process
async def keep_fresh() -> None:
    """Re-read all sites each 2 s once somebody has asked."""
    while True:
        if _asked:
            try:
                await _refresh()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("availability: %s", type(error).__name__)
        await asyncio.sleep(EVERY)


def as_wire(state: SiteState) -> events.Availability:
    """The availability as it goes over the wire."""
    return events.Availability(
        mode=state.mode,
        promise_seconds=state.promise_seconds,
        closes_at=state.closes_at,
        opens_at=state.opens_at,
        phone=state.site.phone,
    )


async def _refresh() -> None:
    global _read_at, _failed_at, _reading, _reading_loop
    running = asyncio.get_running_loop()
    if _reading is None or _reading_loop is not running:
        _reading, _reading_loop = asyncio.Lock(), running
    began = time.monotonic()
    async with _reading:
        if _read_at >= began:
            return  # somebody else's reading is newer than our question
        if _failed_at >= began:
            raise OperationalError("the database was away for who asked before")
        try:
            states = await run_in(None, list_site_states, timezone.now())
        except (OperationalError, InterfaceError):
            _failed_at = time.monotonic()
            raise
        for state in states:
            held = _configs.get(state.site.key)
            if held is None or _shown(held.state) != _shown(state) or _stale(state.site.key):
                _configs[state.site.key] = Config(state)
            else:
                held.state = state
        for key in _configs.keys() - {state.site.key for state in states}:
            del _configs[key]
        _read_at = time.monotonic()


def _shown(state: SiteState) -> tuple[Any, ...]:
    site = state.site
    company = site.company
    return (
        msgspec.structs.astuple(as_wire(state)),
        (
            company.name,
            company.monogram,
            company.tone,
            site.language,
            site.offset,
            site.privacy_url,
        ),
        (company.palette.get("light"), tuple(site.origins)),
    )


def _stale(key: str) -> bool:
    held = _greetings.get(key)
    return held is None or time.monotonic() - held[0] > _GREETINGS_FRESH


async def _render(config: Config) -> None:
    site = config.state.site
    if _stale(site.key):
        found = await run_in(site.company, _greeting_rows, site.language)
        _greetings[site.key] = time.monotonic(), found
    company = site.company
    config.origins = frozenset(origin.encode() for origin in site.origins)
    config.body = msgspec.json.encode(
        {
            "site": site.key,
            "availability": as_wire(config.state),
            "name": company.name,
            "monogram": company.monogram,
            "tone": company.tone,
            "language": site.language,
            "look": company.palette.get("light", {}),
            "offset": site.offset,
            "greetings": _greetings[site.key][1],
            "panel": panel_url(),
            "privacy_url": site.privacy_url,
        }
    )
    config.etag = b'"' + hashlib.sha256(config.body).hexdigest()[:24].encode() + b'"'


def _greeting_rows(language: str) -> list[dict[str, Any]]:
    def row(text: Text) -> dict[str, Any]:
        return {
            "id": str(text.pk),
            "patterns": text.data.get("patterns", ["*"]),
            "body": text.body,
            "starts": text.data.get("starts", []),
        }

    return [row(text) for text in list_greetings(language)]
