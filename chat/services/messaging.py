"""Messages through the ORM: what the system says in a chat, and reading back."""

import uuid
from datetime import datetime
from typing import Any
from uuid import UUID

from agency.live.switchboard import Event
from agency.models import PoolEntry
from chat.domain import events
from chat.models import Message
from tenants.context import in_company

# More than any chat we know of (the longest of 490 real ones has 54 turns); older ones are fetched by seq.
PAGE = 500
# System lines that are the agency's own business.
_CONSOLE_ONLY = frozenset({"page", "settled"})
_FOR_VISITOR, _FOR_OPERATOR = "visitor", "operator"


def append_system(entry: PoolEntry, *, now: datetime, **data: Any) -> list[Event]:
    """Add a system message to a chat whose entry is locked; the events that tell both sides.

    Moves `entry.last_seq` without saving it: the caller saves the entry with its other changes.
    """
    entry.last_seq += 1
    with in_company(entry.company):
        message = Message.objects.create(
            chat_id=entry.chat_id,
            seq=entry.last_seq,
            client_id=uuid.uuid4(),
            kind=Message.Kind.SYSTEM,
            side="system",
            data=data,
            created_at=now,
        )
    return message_events(entry.chat_id, message, entry.operator_id)


def append_note(
    entry: PoolEntry, body: str, *, author_id: UUID, name: str, client_id: UUID, now: datetime
) -> list[Event]:
    """Add an operator's internal note to a chat whose entry is locked; the events that tell both sides.

    Moves `entry.last_seq` without saving it, like `append_system`.
    """
    entry.last_seq += 1
    with in_company(entry.company):
        message = Message.objects.create(
            chat_id=entry.chat_id,
            seq=entry.last_seq,
            client_id=client_id,
            kind=Message.Kind.NOTE,
            side="operator",
            author_id=author_id,
            author_name=name,
            body=body,
            created_at=now,
        )
    return message_events(entry.chat_id, message, entry.operator_id)


def seq_of_line(entry: PoolEntry, *codes: str) -> int:
    """The seq of the last system line with one of these codes, for the repeat of a command that wrote it."""
    with in_company(entry.company):
        lines = Message.objects.filter(chat_id=entry.chat_id, kind=Message.Kind.SYSTEM)
        seq: int = lines.filter(data__code__in=codes).latest("seq").seq
    return seq


def message_events(chat_id: UUID, message: Message, operator_id: UUID | None) -> list[Event]:
    """The events of one new message: for the visitor's sockets and for the operator who holds the chat."""
    told = [
        (
            f"v:{chat_id}",
            events.encode(events.MessagePosted(chat_id, as_wire(message, _FOR_VISITOR))),
        )
    ]
    if operator_id is not None:
        posted = events.MessagePosted(chat_id, as_wire(message, _FOR_OPERATOR))
        told.append((f"u:{operator_id}", events.encode(posted)))
    return told


def list_messages(chat_id: UUID, *, after: int = 0, viewer: str) -> list[events.Message]:
    """A chat's messages with a higher seq, at most 500, as `viewer` (visitor or operator) may see them."""
    rows = Message.objects.filter(chat_id=chat_id, seq__gt=after).order_by("seq")[:PAGE]
    return [as_wire(row, viewer) for row in rows]


def as_wire(message: Message, viewer: str) -> events.Message:
    """The message as one side may see it; what a visitor may not see keeps its seq and nothing else."""
    if viewer == _FOR_VISITOR and (
        message.kind == Message.Kind.NOTE or message.data.get("code") in _CONSOLE_ONLY
    ):
        return events.Message(seq=message.seq, kind="hidden")
    return events.Message(
        seq=message.seq,
        kind=str(message.kind),
        side=message.side,
        name=message.author_name,
        body=message.body,
        at=message.created_at,
        client_id=message.client_id,
        data=message.data,
    )
