"""Troubles of the machine while a replay goes on: each begins, lasts, and ends by itself."""

import asyncio
import contextlib
import os
import shutil
import signal
import struct
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from django.conf import settings
from redis.asyncio import Redis

from balie.run.balie_home import Home
from balie.run.parent_watch import read_identity
from balie.run.smtp_sink import SAYS

LASTS_S = 20.0
# A jump stays longer than any limit of seconds in the pool, so each of them meets it.
JUMP_LASTS_S = 40.0
JUMP_S = 600
FILL_EVERY_S = 0.2
# A disk with more room than this isn't there to be filled.
SMALL_DISK = 2_000_000_000
CLOCKED = frozenset({"web", "dispatcher", "worker", "beat", "postgres"})

Act = Callable[[Home], Awaitable[None]]


class CannotFault(Exception):
    """Raised where the run can't have this fault. The message says what it needs."""


async def stop_valkey(home: Home) -> None:
    """Valkey takes connections and answers nothing."""
    pid = read_identity(Path(home.pid_file("valkey"))) or 0
    if not pid:
        raise CannotFault("valkey-stop: Valkey isn't a program of this run.")
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(LASTS_S)
    finally:
        os.kill(pid, signal.SIGCONT)


async def flush_valkey(home: Home) -> None:
    """Everything in Valkey is gone: wake-ups, groups of sockets, limits."""
    async with Redis.from_url(settings.REDIS_URL) as client:
        await client.flushall()


def mail_says(word: str) -> Act:
    """The mail server answers each message with this."""

    async def act(home: Home) -> None:
        says = home.run / SAYS
        says.write_text(word)
        try:
            await asyncio.sleep(LASTS_S)
        finally:
            says.unlink()

    return act


async def fill_disk(home: Home) -> None:
    """No byte is free on the disk of the run."""
    if shutil.disk_usage(home.folder).free > SMALL_DISK:
        raise CannotFault(f"disk: {home.folder} lies on a large disk; put BALIE_HOME on a small one.")
    filler = home.folder / "filler"
    try:
        async with asyncio.timeout(LASTS_S):
            while True:
                await asyncio.to_thread(_fill, filler)
                await asyncio.sleep(FILL_EVERY_S)
    except TimeoutError:
        pass
    finally:
        filler.unlink(missing_ok=True)


def jump_clocks(names: Iterable[str], seconds: int) -> Act:
    """The clocks of these processes stand so many seconds off, and come back."""

    async def act(home: Home) -> None:
        if not all(clock_file(home, name).exists() for name in names):
            raise CannotFault("clock: start the run with python -m balie.bench.replay.clocks")
        for name in names:
            set_clock(home, name, seconds)
        try:
            await asyncio.sleep(JUMP_LASTS_S)
        finally:
            for name in names:
                set_clock(home, name, 0)

    return act


def set_clock(home: Home, name: str, seconds: int) -> None:
    """Let a program's wall clock stand so many seconds off. The file is kept open by the program: written over, never
    anew.
    """
    clock = clock_file(home, name)
    clock.touch()
    with clock.open("r+b") as file:
        file.write(struct.pack("q", seconds))
    clock.chmod(0o644)


def clock_file(home: Home, name: str) -> Path:
    """Where a program's clock reads how far it is off."""
    return home.folder / "clocks" / name


ACTS: dict[str, Act] = {
    "valkey-stop": stop_valkey,
    "valkey-flush": flush_valkey,
    "smtp-451": mail_says("451"),
    "smtp-550": mail_says("550"),
    "smtp-cut": mail_says("cut"),
    "disk": fill_disk,
    **{f"{name}-ahead": jump_clocks((name,), JUMP_S) for name in sorted(CLOCKED)},
    **{f"{name}-behind": jump_clocks((name,), -JUMP_S) for name in sorted(CLOCKED)},
    "all-ahead": jump_clocks(CLOCKED, JUMP_S),
    "all-behind": jump_clocks(CLOCKED, -JUMP_S),
}


def _fill(filler: Path) -> None:
    block = 1_000_000
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while block:
            try:
                if file.write(bytes(block)) < block:
                    block //= 10
            except OSError:
                block //= 10
