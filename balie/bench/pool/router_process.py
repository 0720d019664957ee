"""One router as a process of its own, for `bench pool`: decide until nothing is left, and say how long each decision
took.

A fresh process unpickles a function of this file before Django is there, so nothing of Balie is imported at its top.
"""

import asyncio
import os
import time
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from pathlib import Path


@dataclass(slots=True)
class Run:
    """The work of one router. `took`: seconds from the question to the commit, of each decision that offered a chat.

    `vain`: questions after which there was something to offer, but others were at it. CPU in seconds: of this process,
    and of its backend in PostgreSQL.
    """

    took: list[float] = field(default_factory=list)
    vain: int = 0
    began: float = 0.0
    ended: float = 0.0
    own_cpu: float = 0.0
    server_cpu: float = 0.0


def route_until_done() -> Run:
    """Offer chats until none can be offered, reading everything anew for each, as after an arrival."""
    from django.db import connection

    from agency.services.pool.queue import list_next
    from chat.services.assignment import assign_waiting
    from tenants import clock

    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    run = Run(began=time.time(), own_cpu=time.process_time(), server_cpu=cpu_seconds(backend))
    while True:
        asked = time.perf_counter()
        if assign_waiting(now=clock.now(), limit=1):
            run.took.append(time.perf_counter() - asked)
        elif list_next(clock.now(), limit=1):
            run.vain += 1
        else:
            break
    run.ended = time.time()
    run.own_cpu = time.process_time() - run.own_cpu
    run.server_cpu = cpu_seconds(backend) - run.server_cpu
    return run


async def beside_a_loop() -> Run:
    """Route as the dispatcher does: in a thread, events leaving through the running loop."""
    from agency.live import process, switchboard
    from tenants.context import run_in

    process.adopt(switchboard.send_out)
    try:
        return await run_in(None, route_until_done)
    finally:
        await process.stop()


def route_from(database_url: str, start: Barrier) -> Run:
    """The same in a fresh process, which begins with all the others."""
    os.environ["DATABASE_URL"] = database_url
    import django

    django.setup()
    from django.db import connection

    from chat.services import assignment  # imported before the start: it isn't what is measured

    assert assignment
    connection.ensure_connection()
    start.wait(60)
    return asyncio.run(beside_a_loop())


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process on this machine, or 0.0 where they can't be read (a database elsewhere)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
