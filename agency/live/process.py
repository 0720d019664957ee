"""The tasks of one process: begun by its first socket (daphne has no lifespan), begun again when one fails."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from django.conf import settings

log = logging.getLogger("balie.live")

F = TypeVar("F", bound=Callable[[], Awaitable[None]])

_registered: list[Callable[[], Awaitable[None]]] = []
_tasks: list[asyncio.Task[None]] = []
_loop: asyncio.AbstractEventLoop | None = None


def each_process(fn: F) -> F:
    """Register an endless coroutine function as a task of every process that serves sockets."""
    _registered.append(fn)
    return fn


def loop() -> asyncio.AbstractEventLoop | None:
    """The event loop on which the tasks run, or None in a process without sockets."""
    return _loop if _loop is not None and not _loop.is_closed() else None


def adopt(*fns: Callable[[], Awaitable[None]]) -> None:
    """Let events leave through the running loop with these tasks only, in a process that serves no sockets."""
    global _loop
    _loop = asyncio.get_running_loop()
    _tasks[:] = [_loop.create_task(_keep(fn)) for fn in fns]


def start() -> None:
    """Begin the tasks on the running loop, once. A new loop (a test) begins its own."""
    global _loop
    running = asyncio.get_running_loop()
    if running is _loop:
        return
    if settings.ENV != "test":
        # A full collection of Django's own 60 MiB of objects is a pause of tens of milliseconds: they are left out of
        # it.
        gc.collect()
        gc.freeze()
        # Autobahn leaves a cycle of 50 objects, 6 KiB, for each connection that lived long enough to be old. So the old
        # are looked through each 100,000 new objects, which is 2,000 connections; messages leave none.
        gc.set_threshold(20_000, 5, 1)
    _loop = running
    _tasks[:] = [running.create_task(_keep(fn)) for fn in _registered]


async def stop() -> None:
    """End the tasks. Cancels until it works: a cancel that meets a connecting Redis client comes out as an error."""
    global _loop
    _loop, waiting = None, set(_tasks)
    _tasks.clear()
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=0.2)


async def _keep(fn: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await fn()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("task %s failed, beginning again", fn.__qualname__)
            await asyncio.sleep(0.2)
