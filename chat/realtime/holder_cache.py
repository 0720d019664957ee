"""Holders of chats, remembered for a few seconds: for typing and read marks, which carry no word."""

import time
from uuid import UUID

from agency.models import PoolEntry
from tenants import memory
from tenants.context import run_in

# A typing mark may reach the former holder for this long after a hand-over; it says nothing but "typing".
_TTL = 3.0
# More chats than one process has open at a time.
_MOST = 10_000
_held: dict[UUID, tuple[float, UUID]] = memory.bounded(_MOST)


async def holder_of(chat_id: UUID) -> UUID | None:
    """The operator who holds the chat, at most 3 s ago. That nobody does is asked anew each time."""
    known = _held.get(chat_id)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    holder = await run_in(None, _find, chat_id)
    if holder is not None:
        _held[chat_id] = (time.monotonic() + _TTL, holder)
    return holder


def _find(chat_id: UUID) -> UUID | None:
    return (
        PoolEntry.objects.filter(pk=chat_id, state=PoolEntry.State.OPEN).values_list("operator_id", flat=True).first()
    )
