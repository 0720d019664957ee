"""Counters of what visitors do with the widget, as requests tell: about nobody, written behind the answers."""

import asyncio
import logging
from collections import Counter
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from agency.domain.facts.counters import Counts
from agency.domain.hours.periods import half_hour
from agency.live import process
from agency.services.facts.counters import Place, add_counts
from tenants import clock, memory
from tenants.context import in_no_company, run_in

log = logging.getLogger("balie.live")

# How often this process writes what it counted, in seconds. A process that is killed takes the counts since its last
# writing along, one of these at most.
EVERY = 60.0
# Of a process, while the database is away: what would need more of them isn't counted. 250 sites with a dozen counters
# each half hour fill it in sixteen.
MOST = 50_000


class _Key(NamedTuple):
    place: Place
    what: str


_waiting: Counter[_Key] = memory.keep(Counter())


def count(site_id: UUID, greeting: str, *whats: str, at: datetime | None = None) -> None:
    """Count one of each on the site's pages of this greeting.

    Args:
        greeting: the key of the site's greeting whose rules the page fits; "" where it fits none, or isn't known.
        whats: figures of domain/facts/counters.py.
        at: when it happened, if it wasn't just now.
    """
    place = Place(site_id, greeting, half_hour(at or clock.now(), "UTC"))
    for what in whats:
        key = _Key(place, what)
        if key in _waiting or len(_waiting) < MOST:
            _waiting[key] += 1


@process.each_process
async def write_counters() -> None:
    """Write each minute what was counted. What could not be written is tried again with the next."""
    while True:
        await asyncio.sleep(EVERY)
        await write_waiting()


async def write_waiting() -> None:
    """Write what waits, if anything does."""
    batch = _take()
    try:
        await run_in(None, _write, batch)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        log.warning("counters not written: %s", type(error).__name__)
        _waiting.update(batch)


@process.at_stop
def write_last() -> None:
    """Write what waits when the process is asked to stop."""
    with in_no_company():
        _write(_take())


def _take() -> dict[_Key, int]:
    batch = dict(_waiting)
    _waiting.clear()
    return batch


def _write(batch: dict[_Key, int]) -> None:
    counts: dict[Place, dict[str, int]] = {}
    for (place, what), number in batch.items():
        counts.setdefault(place, {})[what] = number
    if counts:
        add_counts({place: Counts(**figures) for place, figures in counts.items()})
