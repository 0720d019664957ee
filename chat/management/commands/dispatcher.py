"""The dispatcher: sweeps each second what nobody's own commit moved on. Any number of them is safe."""

import asyncio
import logging
import signal
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand

from agency.domain.pool.routing import OFFER_SECONDS
from agency.live import process, switchboard
from agency.services.facts import presence
from agency.services.pool import seats, site_watch
from agency.services.system import health
from chat.domain.lifecycle import (
    END_OF_HOURS_GRACE,
    IDLE_CLOSE,
    LEFT_AFTER_HIDDEN,
    REMIND_AFTER,
    WRAP_UP_LIMIT,
)
from chat.services import assignment
from chat.services.ending import reasons_to_close
from chat.services.texts import force
from tenants import clock
from tenants.backend.probe import refuse_shared_at_start
from tenants.context import run_in

log = logging.getLogger("balie.dispatcher")

EVERY = 1.0
# After a gap in its own sweeps (a start, a pause of the machine, the database away) a dispatcher can't know whether
# consoles could renew and visitors could beat or write meanwhile: it waits one lease before it takes a console for gone
# or silent, and twice that for a visitor: up to 10 s between two tries, then 10 s until the first beat.
GAP = 5.0
LEASE = seats.LEASE.total_seconds()
RETURN = 30.0


class Command(BaseCommand):
    help = "Sweep each second: expire offers and leases, requeue, assign, end silent chats and wrap-ups."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_shared_at_start()
        asyncio.run(_main())


async def _main() -> None:
    process.adopt(switchboard.send_out)
    stopping = asyncio.Event()
    running = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(number, stopping.set)
    patience = _Patience()
    while not stopping.is_set():
        began = clock.steady()
        try:
            at = await run_in(None, clock.ask)
            calm = patience.look(began, at)
            whole = await sweep(calm)
            # Of a round in which something failed only the beginning counts: it may have waited for the database.
            patience.swept(clock.steady() if whole else began)
        except Exception:
            log.exception("sweep failed")
        rest = max(0.05, EVERY - (clock.steady() - began))
        try:
            await asyncio.wait_for(stopping.wait(), rest)
        except TimeoutError:
            continue
    await process.stop()


class Calm(NamedTuple):
    """For how many seconds this dispatcher has swept without a gap, and the database's clock has run without a jump.

    `jump`: by how many seconds that clock jumped, as long as something waits for that.
    """

    swept: float
    even: float
    jump: float = 0.0


QUIET = Calm(float("inf"), float("inf"))


class _Patience:
    """Since when silence can be trusted: not within one lease after a gap in our own sweeps, or after a jump of the
    clock.

    The clock is the database's. One that is set forward makes everything it wrote before look that much older.
    """

    def __init__(self) -> None:
        self._swept_at: float | None = None
        self._back_at = 0.0
        self._even_at = float("-inf")
        self._seen: tuple[float, float] | None = None
        self._jump = 0.0

    def look(self, steady: float, at: datetime) -> Calm:
        """Look for a gap or a jump before a sweep.

        Args:
            steady: seconds of the clock that nobody sets.
            at: the database's time at that moment.
        """
        if self._swept_at is None or steady - self._swept_at > GAP:
            self._back_at = steady
        seen = (steady, at.timestamp())
        if self._seen is not None:
            passed, told = (new - old for new, old in zip(seen, self._seen, strict=True))
            if abs(told - passed) > GAP:
                log.error("the database's clock jumped by %.0f s: nothing ends by time", told - passed)
                self._even_at, self._jump = steady, told - passed
        self._seen = seen
        even = steady - self._even_at
        return Calm(steady - self._back_at, even, self._jump if even < IDLE_CLOSE else 0.0)

    def swept(self, steady: float) -> None:
        """A sweep ended well at this moment."""
        self._swept_at = steady


def _list_steps() -> list[tuple[Callable[..., Any], float, float]]:
    """Each step of a sweep, with the seconds of quiet it wants after a gap, and after a jump of the clock: its own
    limit.
    """
    return [
        (assignment.expire_offers, LEASE, OFFER_SECONDS),
        (assignment.requeue_lost_seats, LEASE, LEASE),
        (presence.end_presence, 0, 0),
        (reasons_to_close.close_left, RETURN, LEFT_AFTER_HIDDEN),
        (assignment.follow_shifts, 0, 0),
        (assignment.hand_on_ended, 0, 0),
        (reasons_to_close.end_wrap_ups, 0, WRAP_UP_LIMIT),
        (reasons_to_close.close_idle, RETURN, IDLE_CLOSE),
        (reasons_to_close.remind_silent, RETURN, REMIND_AFTER),
        (reasons_to_close.close_end_of_hours, 0, END_OF_HOURS_GRACE),
        (assignment.assign_waiting, 0, 0),
        (site_watch.follow_sites, 0, 0),
        (force.follow_moments, 0, 0),
    ]


async def sweep(calm: Calm = QUIET) -> bool:
    """One round: each step in its own transactions, so a step that fails doesn't hold up the others.

    Returns:
        Whether all went well; only then the dispatcher counts as alive.
    """
    switchboard.refresh(await run_in(None, switchboard.list_nodes))
    whole = True
    for step, after_gap, after_jump in _list_steps():
        if calm.swept < after_gap or calm.even < after_jump:
            continue
        try:
            await run_in(None, _step, step)
        except Exception as error:
            log.warning("%s: %s", step.__name__, type(error).__name__)
            whole = False
    if whole:
        await run_in(None, _note_alive, calm.jump)
    return whole


def _step(step: Callable[..., Any]) -> None:
    step(now=clock.now())


def _note_alive(jump: float) -> None:
    health.note_heartbeat(part="dispatcher", node=settings.NODE, now=clock.now(), clock_jumped=jump)
