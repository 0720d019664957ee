"""Pages that carry a site's code, as their config requests tell: kept in memory, written behind the answers."""

import asyncio
import logging
import time
from uuid import UUID

from agency.live import process
from agency.services.companies.sightings import note_sightings
from tenants import clock, memory
from tenants.context import run_in

log = logging.getLogger("balie.live")

# How often this process writes what is new, and after how long it says the same again: an answer costs a look into a
# dictionary, and a site one statement an hour.
_EVERY = 2.0
_AGAIN = 3_600.0

_Pair = tuple[UUID, bytes]
# At most the 20 addresses of each site.
_told: dict[_Pair, float] = memory.keep({})
_waiting: set[_Pair] = memory.keep(set())


def page_asked(site_id: UUID, origin: bytes) -> None:
    """Take note that a page of this origin, which the site allows, asked for its config."""
    pair, now = (site_id, origin), time.monotonic()
    at = _told.get(pair)
    if at is None or now - at >= _AGAIN:
        _told[pair] = now
        _waiting.add(pair)


@process.each_process
async def write_sightings() -> None:
    """Write the sightings that came in. What could not be written is tried again with the next."""
    while True:
        await asyncio.sleep(_EVERY)
        await write_waiting()


async def write_waiting() -> None:
    """Write what waits, if anything does."""
    if not _waiting:
        return
    pairs = sorted(_waiting)
    _waiting.clear()
    try:
        await run_in(None, note_sightings, [(site, origin.decode()) for site, origin in pairs], clock.now())
    except asyncio.CancelledError:
        raise
    except Exception as error:
        log.warning("sightings not written: %s", type(error).__name__)
        _waiting.update(pairs)
