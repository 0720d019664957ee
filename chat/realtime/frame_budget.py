"""How many frames a person may send, over all sockets of theirs in this process."""

import time
from uuid import UUID
from weakref import WeakValueDictionary

from django.conf import settings

from tenants import memory

# More tabs than anybody has open on one site.
MAX_SOCKETS = 50


class FrameBudget:
    """`FRAME_RATE` frames a second and up to `FRAME_BURST` at once. A socket has its own until we know whose it is."""

    __slots__ = ("__weakref__", "refilled", "sockets", "tokens")

    def __init__(self) -> None:
        self.tokens: float = settings.FRAME_BURST
        self.refilled = time.monotonic()
        self.sockets = 1

    def take(self) -> bool:
        """Take one frame out. False when nothing is left."""
        now = time.monotonic()
        refilled = self.tokens + (now - self.refilled) * settings.FRAME_RATE
        self.tokens, self.refilled = min(settings.FRAME_BURST, refilled) - 1, now
        return self.tokens >= 0


_shared: WeakValueDictionary[UUID, FrameBudget] = memory.keep(WeakValueDictionary())


def share(own: FrameBudget, person: UUID) -> FrameBudget:
    """Return the budget that all sockets of this person spend from. `own` becomes it when this is their first."""
    budget = _shared.setdefault(person, own)
    if budget is not own:
        own.sockets -= 1
        budget.sockets += 1
        # Frames sent before this socket said whose it is count, too.
        budget.tokens -= 1
    return budget
