"""Assignment at once after what causes it, one round at a time per process.

Arrivals come in bursts. A round for each would look at the same waiting chats as the others, collide with them on every
row and, at 100 waiting, leave the process no time for anything else. So a round that is asked for while one runs comes
after it, once, however many ask. The dispatchers' sweep catches a round that failed.
"""

import asyncio

from agency.live import process
from chat.services import assignment
from tenants import clock
from tenants.context import run_in

_asked: asyncio.Event | None = None
_wanted = False


def assign_soon() -> None:
    """Ask for a round. Returns at once."""
    global _wanted
    _wanted = True
    if _asked is not None:
        _asked.set()


@process.each_process
async def assign_when_asked() -> None:
    """Run a round whenever one was asked for since the last one began."""
    global _asked, _wanted
    _asked = asyncio.Event()
    try:
        while True:
            if not _wanted:
                await _asked.wait()
            _asked.clear()
            _wanted = False
            await run_in(None, assignment.assign_waiting, now=clock.now())
    finally:
        _asked = None
