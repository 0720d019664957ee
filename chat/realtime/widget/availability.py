"""The offer of every site now, in memory: re-read each 2 s, from the first question on."""

import asyncio
import gzip
import hashlib
import logging
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import InterfaceError, OperationalError

from agency.live import process
from agency.services.audit import list_newest
from agency.services.pool.availability import Picture, SiteState, list_site_states
from agency.services.pool.site_facts import PoolFacts
from chat.domain import events
from chat.services.site_config import site_facts, write_config
from chat.services.texts.texts import find_greetings, greeting_row
from tenants import clock, memory
from tenants.context import run_in

log = logging.getLogger("balie.live")

EVERY = 2.0
# Newest lines of the log looked at each time; many more than staff write in 2 s.
LOGGED = 100
# Greetings lie in the companies' schemas, too many to look at each time. The log says whose texts changed; what nobody
# wrote down there is on the pages within this many seconds.
_GREETINGS_FRESH = 600.0


@dataclass(slots=True)
class Config:
    """A site's config answer, ready to send."""

    state: SiteState
    body: bytes = b""
    packed: bytes = b""
    etag: bytes = b""
    packed_etag: bytes = b""
    origins: frozenset[bytes] = frozenset()


@dataclass(slots=True)
class _Reading:
    """How the last reading of all sites went. `logged`: the newest lines of the log then. `lock`: of the loop's."""

    picture: Picture = field(default_factory=Picture)
    logged: frozenset[tuple[UUID, UUID | None]] | None = None
    read_at: float = float("-inf")
    failed_at: float = float("-inf")
    asked: bool = False
    lock: asyncio.Lock | None = None
    loop: asyncio.AbstractEventLoop | None = None


@dataclass(frozen=True, slots=True)
class _Greetings:
    """A site's greetings as pages get them, the key of each by its id, and when they change next by themselves."""

    read_at: float
    rows: list[dict[str, Any]]
    keys: dict[str, str]
    changes_at: datetime | None


# One entry a site; of a site that went, none is kept.
_configs: dict[str, Config] = memory.keep({})
_states: dict[UUID, SiteState] = memory.keep({})
_greetings: dict[str, _Greetings] = memory.keep({})
_last = memory.facts(_Reading)


async def of_site(key: str) -> events.Availability:
    """Return what a known site offers now."""
    config = await find_config(key)
    return as_wire(config.state) if config else events.Availability("hidden", 20)


def wait_of(site_id: UUID, *, called: bool) -> str:
    """Return how a waiting chat of this site stands, as in events.Beat. It comes from memory, so a beat costs no
    query.
    """
    state = _states.get(site_id)
    if called:
        return "called"
    if state is None or not state.seats:
        return ""
    return "free" if state.free_slots else "busy"


def greeting_key(site_key: str, said: str) -> str:
    """Return the key of the site's greeting with the id that a page named. "" for anything else."""
    held = _greetings.get(site_key)
    return held.keys.get(said, "") if held else ""


def known() -> PoolFacts | None:
    """Return what this process knows of all sites, or None before the first question."""
    return _last.picture.standing


async def find_config(key: str) -> Config | None:
    """Return the ready config answer of a site, at most about 2 s old, or None for an unknown key.

    Raises:
        OperationalError: the database is away. Those who ask while it is known to be are told at once: each waiting for
            a connection of its own would pile up thousands of questions.
    """
    _last.asked = True
    if time.monotonic() - _last.read_at > 2 * EVERY:
        if time.monotonic() - _last.failed_at < EVERY:
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
        if _last.asked:
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
    running = asyncio.get_running_loop()
    if _last.lock is None or _last.loop is not running:
        _last.lock, _last.loop = asyncio.Lock(), running
    began = time.monotonic()
    async with _last.lock:
        if _last.read_at >= began:
            return  # somebody else's reading is newer than our question
        if _last.failed_at >= began:
            raise OperationalError("the database was away for who asked before")
        try:
            states, logged = await run_in(None, _look, _last.picture)
        except (OperationalError, InterfaceError):
            _last.failed_at = time.monotonic()
            raise
        changed = {company for _, company in logged - (logged if _last.logged is None else _last.logged)}
        _last.logged = logged
        for state in states:
            if state.site.company_id in changed:
                _greetings.pop(state.site.key, None)
            held = _configs.get(state.site.key)
            if held is None or _differ(held.state, state) or _stale(state.site.key):
                _configs[state.site.key] = Config(state)
            else:
                held.state = state
        _states.clear()
        _states.update((state.site.pk, state) for state in states)
        for key in _configs.keys() - {state.site.key for state in states}:
            del _configs[key]
            _greetings.pop(key, None)
        _last.read_at = time.monotonic()


def _look(
    picture: Picture,
) -> tuple[list[SiteState], frozenset[tuple[UUID, UUID | None]]]:
    return list_site_states(clock.now(), picture), frozenset(list_newest(LOGGED))


def _differ(held: SiteState, state: SiteState) -> bool:
    """Whether the answer must be written anew. The site itself is the same object while nobody changed anything."""
    return _offer(held) != _offer(state) or (
        held.site is not state.site and site_facts(held.site) != site_facts(state.site)
    )


def _offer(state: SiteState) -> tuple[Any, ...]:
    return state.mode, state.level, state.promise_seconds, state.closes_at, state.opens_at


def _stale(key: str) -> bool:
    held = _greetings.get(key)
    if held is None or time.monotonic() - held.read_at > _GREETINGS_FRESH:
        return True
    return held.changes_at is not None and held.changes_at <= clock.now()


async def _render(config: Config) -> None:
    site = config.state.site
    if _stale(site.key):
        found = await run_in(site.company, find_greetings, site.language, clock.now())
        rows = [greeting_row(text) for text in found.texts]
        keys = {str(text.pk): text.key for text in found.texts}
        _greetings[site.key] = _Greetings(time.monotonic(), rows, keys, found.changes_at)
    config.origins = frozenset(origin.encode() for origin in site.origins)
    config.body = msgspec.json.encode(
        write_config(site, as_wire(config.state), config.state.level, _greetings[site.key].rows)
    )
    config.packed = gzip.compress(config.body, mtime=0)
    tag = hashlib.sha256(config.body).hexdigest()[:24].encode()
    config.etag, config.packed_etag = b'"%b"' % tag, b'"%b-gz"' % tag
