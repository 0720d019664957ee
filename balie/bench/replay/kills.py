"""Trouble for a run while a replay goes on: parts killed, once or again and again, and other faults."""

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import Error

from agency.models import Heartbeat
from balie.bench.replay import faults
from balie.run.balie_home import Home
from balie.run.parent_watch import read_identity
from tenants import clock
from tenants.context import run_in

LOOK_EVERY_S = 0.2
# A killed part is back within that, or something else is wrong.
BACK_WITHIN_S = 60.0


@dataclass(slots=True)
class Kills:
    """The parts to kill in the run of `home`, and the faults it is to have. `done` and `had` count."""

    home: Home
    once: tuple[str, ...] = ()
    every: tuple[str, float] | None = None
    done: Counter[str] = field(default_factory=Counter)
    had: Counter[str] = field(default_factory=Counter)

    async def run(self, *, chats: int, begun: Callable[[], int]) -> None:
        """Go on until cancelled: each of `once` in its turn, as the chats begin, and `every` after each return to work.

        Args:
            chats: how many there will be; the kills are spread over their beginnings.
            begun: how many have begun.
        """
        tasks = [asyncio.create_task(self._kill_once(chats, begun))] if self.once else []
        if self.every is not None:
            tasks.append(asyncio.create_task(self._kill_again(*self.every)))
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _kill_once(self, chats: int, begun: Callable[[], int]) -> None:
        for place, name in enumerate(self.once, 1):
            while begun() < chats * place / (len(self.once) + 1):
                await asyncio.sleep(LOOK_EVERY_S)
            if act := faults.ACTS.get(name):
                await act(self.home)
                self.had[name] += 1
            else:
                await self._kill_and_wait(name)

    async def _kill_and_wait(self, name: str) -> None:
        async with asyncio.timeout(BACK_WITHIN_S):
            while not (killed := self._kill(name)):
                await asyncio.sleep(LOOK_EVERY_S)
            while self._pid(name) in (0, killed):
                await asyncio.sleep(LOOK_EVERY_S)

    async def _kill_again(self, name: str, seconds: float) -> None:
        """Kill it about so many seconds after it began to work: one that is killed while it starts
        does nothing wrong.
        """
        since = clock.now()
        while True:
            while not await self._works_since(name, since):
                await asyncio.sleep(LOOK_EVERY_S)
            # Not in step with the wake-ups, which come at a fixed rate.
            await asyncio.sleep(seconds * random.uniform(0.5, 1.5))
            self._kill(name)
            since = clock.now()

    async def _works_since(self, name: str, since: datetime) -> bool:
        try:
            return await run_in(None, _gave_a_sign, name, since)
        except Error:
            return False

    def _kill(self, name: str) -> int:
        """The pid that was killed, 0 if the part doesn't run."""
        pid = self._pid(name)
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.done[name] += 1
        return pid

    def _pid(self, name: str) -> int:
        return read_identity(Path(self.home.pid_file(name))) or 0


def _gave_a_sign(name: str, since: datetime) -> bool:
    return Heartbeat.objects.filter(part=name, at__gt=since).exists()
