"""The tasks of one process: begun by its first request (daphne has no lifespan), begun again when one fails."""

import asyncio
import gc
import logging
import signal
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

log = logging.getLogger("balie.live")

F = TypeVar("F", bound=Callable[[], Awaitable[None]])
L = TypeVar("L", bound=Callable[[], None])

# Seconds that a stop waits for what is to be written last.
LAST_LIMIT = 2.0

_registered: list[Callable[[], Awaitable[None]]] = []
_tasks: list[asyncio.Task[None]] = []
_last: list[Callable[[], None]] = []
_loop: asyncio.AbstractEventLoop | None = None


def each_process(fn: F) -> F:
    """Register an endless coroutine function as a task of every process that serves sockets."""
    _registered.append(fn)
    return fn


def at_stop(fn: L) -> L:
    """Register a sync function that each process that serves sockets calls once when it is asked to stop."""
    _last.append(fn)
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
        if threading.current_thread() is threading.main_thread():
            # uvicorn ends by the signal itself, so nothing that Python does at exit is done there.
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, partial(stop_by, signal.getsignal(number)))
    _loop = running
    _tasks[:] = [running.create_task(_keep(fn)) for fn in _registered]


def stop_by(then: Any, number: int, frame: Any) -> None:
    """Do what is to be done last, then what the server does at this signal.

    In a thread of its own, as the signal interrupts the event loop: it is held up for some milliseconds, and for no
    longer than `LAST_LIMIT` where the database doesn't answer.
    """
    thread = threading.Thread(target=_do_last, daemon=True)
    thread.start()
    thread.join(LAST_LIMIT)
    if callable(then):
        then(number, frame)
    else:
        signal.signal(number, then)
        signal.raise_signal(number)


def _do_last() -> None:
    try:
        for fn in _last:
            fn()
    except Exception as error:
        log.warning("last before the stop: %s", type(error).__name__)
    finally:
        connection.close()


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
