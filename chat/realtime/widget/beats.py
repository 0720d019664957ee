"""Beats and read marks of this process, written to the pool in one statement per second."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agency.live import process, switchboard
from agency.services.pool.entries import Seen, note_seen
from chat.domain import events
from chat.realtime.widget.availability import wait_of
from tenants import memory
from tenants.context import run_in

log = logging.getLogger("balie.live")

_EVERY = 1.0
_NEVER = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


@dataclass(slots=True)
class _Seen:
    at: datetime = _NEVER
    hidden: bool = False
    visitor_read: int = 0
    operator_read: int = 0


# Of the chats that this process has open; emptied each second.
_waiting: dict[UUID, _Seen] = memory.keep({})


def visitor_seen(chat_id: UUID, at: datetime, *, hidden: bool) -> None:
    """The visitor gave a sign of life."""
    seen = _waiting.setdefault(chat_id, _Seen())
    seen.at, seen.hidden = at, hidden


def read_to(chat_id: UUID, side: str, seq: int) -> None:
    """A side has read up to `seq`."""
    seen = _waiting.setdefault(chat_id, _Seen())
    if side == "visitor":
        seen.visitor_read = max(seen.visitor_read, seq)
    else:
        seen.operator_read = max(seen.operator_read, seq)


@process.each_process
async def write_seen() -> None:
    """Write the beats that came in, each second. What could not be written is tried again with the next."""
    while True:
        await asyncio.sleep(_EVERY)
        if not _waiting:
            continue
        batch = dict(_waiting)
        _waiting.clear()
        rows = [
            (chat_id, seen.at, seen.hidden, seen.visitor_read, seen.operator_read)
            for chat_id, seen in sorted(batch.items())
        ]
        try:
            found = await run_in(None, note_seen, rows)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning("beats not written: %s", type(error).__name__)
            for chat_id, seen in batch.items():
                _keep(chat_id, seen)
            continue
        switchboard.deliver(
            [(f"v:{chat_id}", _answer(found.get(chat_id))) for chat_id, seen in batch.items() if seen.at is not _NEVER]
        )


def _keep(chat_id: UUID, older: _Seen) -> None:
    """Put back what could not be written, under what came in meanwhile."""
    seen = _waiting.setdefault(chat_id, older)
    if older.at > seen.at:
        seen.at, seen.hidden = older.at, older.hidden
    seen.visitor_read = max(seen.visitor_read, older.visitor_read)
    seen.operator_read = max(seen.operator_read, older.operator_read)


def _answer(live: Seen | None) -> str:
    """The answer to a beat. A chat that is over has no entry: `last_seq` 0 tells the client nothing, `state` does."""
    if live is None:
        return events.encode(events.Beat(0, "closed"))
    shown = {"wrap_up": "closed", "open": "open"}.get(live.state, "waiting")
    wait = wait_of(live.site_id, called=live.called) if shown == "waiting" else ""
    return events.encode(events.Beat(live.last_seq, shown, wait))
