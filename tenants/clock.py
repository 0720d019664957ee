"""The one clock: PostgreSQL's. Whatever is written and compared is timed by it, however wrong a process's own clock is.

A process asks it each 2 s and counts on from the answer with a clock that no setting of the time moves. So reading it
costs nothing, and two processes differ by the time their questions took, some milliseconds.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import psycopg
from django.db import Error, OperationalError, connection
from psycopg.pq import TransactionStatus

from tenants import memory
from tenants.context import run_in

# Seconds after which sync code asks again: the database's host may set its clock, or another host takes over.
FRESH = 2.0
# An answer that took longer than this many seconds is asked for again, at most so often: the shortest counts.
QUICK, TRIES = 0.05, 3
# Linux stops CLOCK_MONOTONIC while a machine is suspended, and not this one.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class _Answer(NamedTuple):
    """The database's answer, with the steady clock's time then and how far our own clock was ahead (seconds)."""

    at: datetime
    steady: float
    ahead: float


@dataclass(slots=True)
class _Clock:
    """The answer this process got last, None before it first asked."""

    last: _Answer | None = None


_clock = memory.facts(_Clock)


def now() -> datetime:
    """Return the database's time.

    Sync code asks again after 2 s; where the database is away it counts on. Code on an event loop can't ask: the tasks
    of its process do (`agency.live.switchboard`), and each handshake awaits `ready` first.

    Raises:
        OperationalError: on an event loop, before this process has asked for the first time.
    """
    last = _clock.last
    if last is None or steady() - last.steady >= FRESH:
        if not _on_loop():
            return ask()
        if last is None:
            raise OperationalError("the database's time isn't known: await clock.ready() first")
    return last.at + timedelta(seconds=steady() - last.steady)


def ask() -> datetime:
    """Ask the database for its time and return it. Sync code only.

    Not through Django's cursor: in a transaction that has failed the last answer has to do, and it belongs to no
    company.
    """
    # Where the database is away, whoever wants it will say so.
    with suppress(Error, psycopg.Error):
        _clock.last = _ask() or _clock.last
    last = _clock.last
    if last is None:
        # Nothing can be written without the database, so nothing is timed by this.
        return own()
    return last.at + timedelta(seconds=steady() - last.steady)


async def ready() -> None:
    """Ask for the time if this process never did, as code on an event loop must before its first `now`."""
    if _clock.last is None:
        await run_in(None, ask)


def ahead() -> float:
    """Return by how many seconds this process's own clock was ahead of the database's when it last asked."""
    return _clock.last.ahead if _clock.last is not None else 0.0


def steady() -> float:
    """Return seconds of a clock that nobody sets and that goes on while the machine is suspended."""
    return time.clock_gettime(_STEADY)


def own() -> datetime:
    """Return the time by this process's own clock, which may be wrong: only to tell by how much."""
    return datetime.now(UTC)


def _ask() -> _Answer | None:
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    session = connection.connection
    best: _Answer | None = None
    took = 0.0
    for _ in range(TRIES):
        if session.info.transaction_status == TransactionStatus.INERROR:
            return None
        before = steady()
        [at] = session.execute("SELECT clock_timestamp()").fetchone()
        after, wall = steady(), own()
        if best is None or after - before < took:
            took = after - before
            # The answer was given somewhere between: the middle is at most half of it wrong.
            at += timedelta(seconds=took / 2)
            best = _Answer(at, after, (wall - at).total_seconds())
        if took <= QUICK:
            break
    return best


def _on_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
