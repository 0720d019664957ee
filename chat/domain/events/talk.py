"""Events that both sides of a chat hear."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from chat.domain.events.registry import Event, Hearer, heard_by


class WireMessage(Struct, gc=False):
    """One change of a chat. `kind`: text, auto, system, note, or hidden for those who may not see it.

    `data` says what a system message tells: `{"code": "accepted", "name": "Alice"}`.
    """

    seq: int
    kind: str
    side: str = ""
    name: str = ""
    body: str = ""
    at: datetime | None = None
    client_id: UUID | None = None
    data: dict[str, Any] = {}


@heard_by(Hearer.VISITOR, Hearer.HOLDER)
class MessagePosted(Event, tag="message.posted"):
    """A message was committed."""

    chat_id: UUID
    message: WireMessage


@heard_by(Hearer.VISITOR, Hearer.CONSOLE)
class Ack(Event, tag="ack", omit_defaults=True):
    """A command was committed. `seq` when it wrote a message."""

    client_id: UUID
    seq: int | None = None
    chat_id: UUID | None = None
    at: datetime | None = None


# All that an error may say, in the order of docs/protocol.md.
ERROR_CODES = (
    *("bad_frame", "too_big", "too_fast", "empty", "too_long", "bad_text"),
    *("unknown_site", "bad_origin", "bad_token", "expired_token", "wrong_site", "hello_first"),
    *("not_found", "fence", "not_yours", "chat_closed", "wrong_state", "conflict", "too_many", "nobody", "full"),
    *("seat_taken", "bad_address", "bad_time", "not_closed", "too_late", "bad_outcome"),
    *("busy", "retry", "refused", "signed_out"),
)


@heard_by(Hearer.VISITOR, Hearer.CONSOLE)
class Error(Event, tag="error", omit_defaults=True):
    """A frame was refused, and nothing was written.

    Raises ValueError for a code that no client can know.
    """

    code: str
    client_id: UUID | None = None
    chat_id: UUID | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        if self.code not in ERROR_CODES:
            raise ValueError(f"not a code of the wire: {self.code!r}, but one of {', '.join(ERROR_CODES)}")


class WireRating(Struct, gc=False):
    """The visitor's rating of the chat."""

    good: bool
    words: str


class WireTranscript(Struct, gc=False):
    """A mail of the chat that the visitor asked for, with the fields of `transcript.changed`."""

    address: str
    state: str
    at: datetime
    reason: str


@heard_by(Hearer.VISITOR, Hearer.HOLDER)
class ChatRated(Event, tag="chat.rated"):
    """The visitor said whether they were helped well, or changed it. Told to their tabs and to the
    operator in wrap-up.
    """

    chat_id: UUID
    good: bool
    words: str


@heard_by(Hearer.VISITOR, Hearer.HOLDER)
class TranscriptChanged(Event, tag="transcript.changed"):
    """A mail of the chat was asked for, or its state changed. `state`: queued, sent, unconfirmed, failed, dead.

    `at`: when it was asked for or sent, or is tried again. `reason`: a word, of a failed or dead one.
    """

    chat_id: UUID
    address: str
    state: str
    at: datetime
    reason: str = ""


@heard_by(Hearer.VISITOR, Hearer.HOLDER)
class Typing(Event, tag="typing"):
    """The other side is typing, or has stopped."""

    chat_id: UUID
    name: str
    on: bool


@heard_by(Hearer.VISITOR, Hearer.HOLDER)
class Read(Event, tag="read"):
    """The other side has seen everything up to `seq`."""

    chat_id: UUID
    side: str
    seq: int


class Transfer(Struct, gc=False):
    """A transfer under way: who is asked now (their public name), and until when."""

    to: str
    expires_at: datetime


class WireEntry(Struct, gc=False):
    """The live facts of one unfinished chat. `state`: waiting, offered, open, wrap_up. `turn`: who is to write next.

    `ticks`: when each ticked step of the company's script was ticked, by the step's key.
    """

    chat_id: UUID
    company_id: UUID
    state: str
    fence: int
    last_seq: int
    turn: str
    turn_at: datetime
    arrived_at: datetime
    promise_seconds: int
    first_human_at: datetime | None
    visitor_seen_at: datetime
    visitor_read: int
    operator_read: int
    wrap_up_at: datetime | None
    transfer: Transfer | None
    ticks: dict[str, datetime]


@heard_by(Hearer.VISITOR, Hearer.CONSOLE)
class ChatSynced(Event, tag="chat.synced"):
    """Answer to chat.sync: the messages asked for and, for a console, the live facts."""

    chat_id: UUID
    messages: list[WireMessage]
    last_seq: int
    entry: WireEntry | None = None
