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
# After a gap in its own sweeps (a pause of the machine, the database away) a dispatcher can't know whether
# consoles renewed meanwhile: it waits one lease before it takes anything from anybody.
GAP = 5.0
LEASE = 15.0


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
        try:
            await sweep(may_expire=patience.may_expire())
            patience.swept()
        except Exception:
            log.exception("sweep failed")
        rest = max(0.05, EVERY - (time.monotonic() - began))
        try:
            await asyncio.wait_for(stopping.wait(), rest)
        except TimeoutError:
            continue
    await process.stop()


class _Patience:
    """Whether leases may be expired: not within one lease after a gap in our own sweeps."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._not_before = 0.0

    def may_expire(self) -> bool:
        now = time.monotonic()
        if now - self._last > GAP:
            self._not_before = now + LEASE
        return now >= self._not_before

    def swept(self) -> None:
        self._last = time.monotonic()


async def sweep(*, may_expire: bool = True) -> None:
    """One round: each step in its own transactions, so a step that fails doesn't hold up the others."""
    switchboard.refresh(await run_in(None, switchboard.list_nodes))
    steps: list[Callable[..., Any]] = [assignment.expire_offers]
    if may_expire:
        steps.append(assignment.requeue_lost_seats)
    steps += [
        lifecycle.close_left,
        lifecycle.end_wrap_ups,
        lifecycle.close_idle,
        lifecycle.remind_silent,
        lifecycle.close_end_of_hours,
        assignment.assign_waiting,
    ]
    failed: Exception | None = None
    for step in steps:
        try:
            await run_in(None, _step, step, timezone.now())
        except Exception as error:
            log.warning("%s: %s", step.__name__, type(error).__name__)
            failed = error
    if failed is not None:
        raise failed
    await run_in(None, note_heartbeat, part="dispatcher", node=settings.NODE, now=timezone.now())


def _step(step: Callable[..., Any], now: datetime) -> None:
    step(now=now)
