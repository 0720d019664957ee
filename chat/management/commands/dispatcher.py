"""The dispatcher: sweeps each second what nobody's own commit moved on. Any number of them is safe."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from agency.live import process, switchboard
from agency.services.health import note_heartbeat
from chat.services import assignment, lifecycle
from tenants.context import run_in

log = logging.getLogger("balie.dispatcher")

EVERY = 1.0
# After a gap in its own sweeps (a start, a pause of the machine, the database away) a dispatcher can't know whether
# consoles could renew and visitors could beat meanwhile: it waits one lease before it takes a console for gone, and twice
# that for a visitor: up to 10 s between two tries, then 10 s until the first beat.
GAP = 5.0
LEASE = 15.0
RETURN = 30.0


class Command(BaseCommand):
    help = "Sweep each second: expire offers and leases, requeue, assign, end silent chats and wrap-ups."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(_main())


async def _main() -> None:
    process.adopt(switchboard.send_out)
    stopping = asyncio.Event()
    running = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(number, stopping.set)
    patience = _Patience()
    while not stopping.is_set():
        began = time.monotonic()
        clocks = _clocks()
        try:
            may_expire = patience.may_expire()
            whole = await sweep(may_expire=may_expire, may_leave=patience.may_leave())
            # Of a round in which something failed only the beginning counts: it may have waited for the database.
            patience.swept(_clocks() if whole else clocks)
        except Exception:
            log.exception("sweep failed")
        rest = max(0.05, EVERY - (time.monotonic() - began))
        try:
            await asyncio.wait_for(stopping.wait(), rest)
        except TimeoutError:
            continue
    await process.stop()


def _clocks() -> tuple[float, float]:
    """Monotonic and wall time. A suspended machine stops the first; leases and beats are told by the second."""
    return time.monotonic(), time.time()


class _Patience:
    """Whether anybody may be taken for gone: not within one lease after a gap in our own sweeps, or a jump of the clock."""

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None
        self._back_at = 0.0

    def may_expire(self) -> bool:
        clocks = _clocks()
        if self._last is None or any(
            now - last > GAP for now, last in zip(clocks, self._last, strict=True)
        ):
            self._back_at = clocks[0]
        return clocks[0] >= self._back_at + LEASE

    def may_leave(self) -> bool:
        """The same for visitors, who need longer; after `may_expire`, which looks for a gap."""
        return _clocks()[0] >= self._back_at + RETURN

    def swept(self, at: tuple[float, float]) -> None:
        self._last = at


async def sweep(*, may_expire: bool = True, may_leave: bool = True) -> bool:
    """One round: each step in its own transactions, so a step that fails doesn't hold up the others.

    Returns whether all went well; only then the dispatcher counts as alive.

    Args:
        may_expire: whether a console that gave no sign of life may be taken for gone.
        may_leave: whether a visitor may.
    """
    switchboard.refresh(await run_in(None, switchboard.list_nodes))
    steps: list[Callable[..., Any]] = [assignment.expire_offers]
    if may_expire:
        steps.append(assignment.requeue_lost_seats)
    if may_leave:
        steps.append(lifecycle.close_left)
    steps += [
        assignment.follow_shifts,
        assignment.hand_on_ended,
        lifecycle.end_wrap_ups,
        lifecycle.close_idle,
        lifecycle.remind_silent,
        lifecycle.close_end_of_hours,
        assignment.assign_waiting,
    ]
    whole = True
    for step in steps:
        try:
            await run_in(None, _step, step, timezone.now())
        except Exception as error:
            log.warning("%s: %s", step.__name__, type(error).__name__)
            whole = False
    if whole:
        await run_in(
            None, note_heartbeat, part="dispatcher", node=settings.NODE, now=timezone.now()
        )
    return whole


def _step(step: Callable[..., Any], now: datetime) -> None:
    step(now=now)
