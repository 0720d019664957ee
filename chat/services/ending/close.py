"""The closing transaction: all that has to be true of a chat the moment it is over, and the end of its wrap-up."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from agency.domain.hours import hours as clock
from agency.domain.pool import trail_reasons
from agency.live.switchboard import Event, send_on_commit
from agency.models import PoolEntry
from agency.services import records
from agency.services.hours.agreement import list_hours
from chat.domain import events
from chat.domain.lifecycle import CloseReason, Outcome
from chat.domain.search import vector_of
from chat.services import assignment
from chat.services.finished.search import END, INDEXED
from chat.services.mail import transcripts
from chat.services.messaging import append_system
from chat.services.wire import entry_of
from tenants.context import in_company

# Columns that the record needs, and every text with the visitor's name for the search.
_ENDED = f"""
    WITH said AS (
        SELECT left(string_agg(body, ' ' ORDER BY seq) FILTER (WHERE kind = 'text'), {INDEXED}) AS body,
               count(*) FILTER (WHERE kind = 'text' AND side = 'visitor') AS visitor,
               count(*) FILTER (WHERE kind = 'text' AND side = 'operator') AS operator
        FROM chat_message WHERE chat_id = %(chat)s
    )
    SELECT concat_ws(' ', visitor.name, said.body), chat.number, said.visitor, said.operator, coalesce(
        (SELECT recipient FROM chat_transcriptrequest WHERE chat_id = %(chat)s
         ORDER BY created_at DESC, id LIMIT 1), visitor.email)
    FROM said, chat_chat chat JOIN chat_visitor visitor ON visitor.id = chat.visitor_id WHERE chat.id = %(chat)s
"""  # noqa: S608 -- a number of ours


@dataclass(frozen=True, slots=True)
class _Said:
    """Facts in a chat's own rows at its end."""

    number: int
    visitor_texts: int
    operator_texts: int
    address: str


def close(entry: PoolEntry, reason: CloseReason, *, now: datetime, closed_at: datetime | None = None) -> int:
    """Close a locked entry: closing line, slot, record, mails due. Wrap-up follows if somebody holds it, else it is
    settled at once.

    Seats are freed first, as locks are taken in that order; then the company's schema is entered, once; then the record
    and the entry are written.

    Args:
        closed_at: when it really ended, if that was before `now`.

    Returns:
        The seq of the closing line.
    """
    held = entry.operator_id is not None
    closed_at = max(closed_at or now, entry.arrived_at)
    in_hours = clock.is_open(list_hours([entry.company])[entry.company_id], entry.arrived_at)
    seat_events = assignment.release(entry, now=now, reason=trail_reasons.closed(by=str(reason)))
    with in_company(entry.company):
        chat_events = append_system(entry, now=now, code="closed", by=str(reason))
        said = _end(entry, closed_at)
        transcripts.queue_at_close(company=entry.company, chat_id=entry.chat_id, now=now)
    ended = records.Ended(
        reason=str(reason),
        closed_at=closed_at,
        settled_at=None if held else now,
        outcome="" if held else str(Outcome.UNSET),
        in_hours=in_hours,
        number=said.number,
        visitor_texts=said.visitor_texts,
        operator_texts=said.operator_texts,
        address=said.address,
    )
    seq = entry.last_seq
    _write_shared(entry, ended, now=now)
    if held:
        chat_events.append(_changed(entry))
    send_on_commit([*chat_events, *seat_events])
    return seq


def settle(entry: PoolEntry, outcome: str, *, now: datetime) -> None:
    """End the wrap-up of a locked entry: the outcome is set once, and the entry is gone."""
    # Deleting takes the row's key from `entry`.
    chat_id, operator_id = entry.chat_id, entry.operator_id
    to_send = append_system(entry, now=now, code="settled", outcome=str(outcome))
    records.settle(chat_id=chat_id, outcome=str(outcome), now=now)
    entry.delete()
    removed = events.ChatRemoved(chat_id, "settled")
    send_on_commit([*to_send, (f"u:{operator_id}", events.encode(removed))])


def _write_shared(entry: PoolEntry, ended: records.Ended, *, now: datetime) -> None:
    """Write the record of a chat that ended, and its entry: in wrap-up, or gone if nobody holds it."""
    records.write_record(entry, ended)
    if entry.operator_id is not None:
        entry.state, entry.wrap_up_at = PoolEntry.State.WRAP_UP, now
        entry.save()
    else:
        entry.delete()


def _end(entry: PoolEntry, closed_at: datetime) -> _Said:
    """Close the chat's own row, in its company's context."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDED, {"chat": entry.chat_id})
        row = cursor.fetchone()
        if row is None:
            raise LookupError(f"{entry.chat_id} has an entry and no chat")
        words, *facts = row
        cursor.execute(END, [closed_at, vector_of(words), entry.chat_id])
    return _Said(*facts)


def _changed(entry: PoolEntry) -> Event:
    return f"u:{entry.operator_id}", events.encode(events.ChatChanged(entry_of(entry)))
