"""Messages through the ORM: what the system says in a chat, and reading back."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from agency.live.switchboard import Event
from agency.models import PoolEntry
from chat.domain import events
from chat.models import Message
from tenants.context import in_company

# Messages that one answer holds of a chat, whatever the chat has grown to: more than the longest of 490 real chats has
# (54 turns), and no more bytes than a frame that comes in. At least one message, so at most 25 KB over it.
PAGE, PAGE_BYTES = 80, 65_536
# System lines that are the agency's own business.
_CONSOLE_ONLY = frozenset({"page", "settled", "moved"})
_FOR_VISITOR, _FOR_OPERATOR = "visitor", "operator"


def append_system(entry: PoolEntry, *, now: datetime, **data: Any) -> list[Event]:
    """Add a system message to a chat whose entry is locked. Returns the events that tell both sides.

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
    """Add an operator's internal note to a chat whose entry is locked. Returns the events that tell both sides.

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
    to_send = [
        (
            f"v:{chat_id}",
            events.encode(events.MessagePosted(chat_id, as_wire(message, _FOR_VISITOR))),
        )
    ]
    if operator_id is not None:
        posted = events.MessagePosted(chat_id, as_wire(message, _FOR_OPERATOR))
        to_send.append((f"u:{operator_id}", events.encode(posted)))
    return to_send


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Which messages of a chat are asked for: those before a seq, else those after one, else the newest."""

    after: int = 0
    before: int | None = None


NEWEST = MessagePage()


def list_messages(
    chat_id: UUID, *, page: MessagePage = NEWEST, viewer: str, room: int = PAGE_BYTES
) -> list[events.WireMessage]:
    """One page of a chat's messages, in order and without a gap, as `viewer` may see them.

    Args:
        viewer: visitor or operator.
        room: bytes of JSON that the messages may take; a first one that takes more comes all the same.
    """
    rows = Message.objects.filter(chat_id=chat_id)
    if page.before is not None:
        rows = rows.filter(seq__lt=page.before)
    forward = page.before is None and page.after > 0
    if forward:
        rows = rows.filter(seq__gt=page.after)
    found: list[events.WireMessage] = []
    for row in rows.order_by("seq" if forward else "-seq")[:PAGE]:
        message = as_wire(row, viewer)
        room -= len(events.encode_message(message))
        if found and room < 0:
            break
        found.append(message)
    return found if forward else found[::-1]


def as_wire(message: Message, viewer: str) -> events.WireMessage:
    """Return the message as one side may see it. A message hidden from a visitor keeps its seq and nothing else."""
    if viewer == _FOR_VISITOR and (message.kind == Message.Kind.NOTE or message.data.get("code") in _CONSOLE_ONLY):
        return events.WireMessage(seq=message.seq, kind="hidden")
    return events.WireMessage(
        seq=message.seq,
        kind=str(message.kind),
        side=message.side,
        name=message.author_name,
        body=message.body,
        at=message.created_at,
        client_id=message.client_id,
        # How a text came about is the house's own: neither side is told.
        data={} if message.kind == Message.Kind.TEXT else message.data,
    )
