"""Outbound events of `balie.v1`: past tense, one class each. `docs/protocol.md` is their page for readers."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct


class Event(Struct, tag_field="type", gc=False, omit_defaults=False):
    """What every event is: an object whose `type` names it."""


class Message(Struct, gc=False):
    """One change of a chat. `kind`: text, auto, system, note; or hidden for those who may not see it.

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


class MessagePosted(Event, tag="message.posted"):
    """A message was committed."""

    chat_id: UUID
    message: Message


class Ack(Event, tag="ack", omit_defaults=True):
    """A command was committed. `seq` when it wrote a message."""

    client_id: UUID
    seq: int | None = None
    chat_id: UUID | None = None
    at: datetime | None = None


class Error(Event, tag="error", omit_defaults=True):
    """A frame was refused; nothing was written."""

    code: str
    client_id: UUID | None = None
    chat_id: UUID | None = None
    detail: str = ""


class Availability(Struct, gc=False):
    """What a site offers now. `mode`: chat, form, phone or hidden."""

    mode: str
    promise_seconds: int
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    phone: str = ""


class Rating(Struct, gc=False):
    """What the visitor said of the chat."""

    good: bool
    words: str


class Transcript(Struct, gc=False):
    """A mail of the chat that the visitor asked for; its fields are those of `transcript.changed`."""

    address: str
    state: str
    at: datetime
    reason: str


class VisitorChat(Struct, gc=False):
    """A visitor's view of their chat. `state`: waiting, open or closed."""

    id: UUID
    state: str
    last_seq: int
    arrived_at: datetime
    promise_seconds: int
    operator: str | None
    operator_read: int
    visitor_read: int
    messages: list[Message]
    rating: Rating | None
    transcripts: list[Transcript]


class Welcome(Event, tag="welcome"):
    """Answer to a visitor's hello: everything the panel shows."""

    token: str
    server_time: datetime
    availability: Availability
    chat: VisitorChat | None


class Beat(Event, tag="beat"):
    """Answer to a visitor's beat; a `last_seq` higher than known is fetched with chat.sync."""

    last_seq: int
    state: str


class ChatSynced(Event, tag="chat.synced"):
    """Answer to chat.sync: the messages asked for and, for a console, the live facts."""

    chat_id: UUID
    messages: list[Message]
    last_seq: int
    entry: "Entry | None" = None


class Typing(Event, tag="typing"):
    """The other side is typing, or has stopped."""

    chat_id: UUID
    name: str
    on: bool


class Read(Event, tag="read"):
    """The other side has seen everything up to `seq`."""

    chat_id: UUID
    side: str
    seq: int


class QuestionPosted(Event, tag="question.posted"):
    """The question was committed."""

    client_id: UUID


class Entry(Struct, gc=False):
    """The live facts of one unfinished chat. `state`: waiting, offered, open, wrap_up. `turn`: who is to write next."""

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


class ConsoleChat(Struct, gc=False):
    """A chat as its operator sees it."""

    entry: Entry
    site: str
    number: int
    visitor_name: str
    visitor_id: UUID
    language: str
    page_url: str
    page_title: str
    referrer: str
    earlier: int
    messages: list[Message]
    rating: Rating | None
    transcripts: list[Transcript]


class Offer(Struct, gc=False):
    """A chat offered to this operator: no visitor's words. `first_human_at`: set where a colleague answered it before."""

    chat_id: UUID
    company_id: UUID
    site: str
    language: str
    fence: int
    arrived_at: datetime
    promise_seconds: int
    first_human_at: datetime | None
    expires_at: datetime


class Seat(Struct, gc=False):
    """The operator's seat: a console holds it while its own epoch is this one."""

    epoch: int
    capacity: int
    used: int
    paused: bool
    pause_reason: str
    draining: bool
    lease_until: datetime


class ConsoleCompany(Struct, gc=False):
    """A company this operator is certified for."""

    id: UUID
    name: str
    monogram: str
    tone: str
    language: str


class Me(Struct, gc=False):
    """Who is signed in."""

    id: UUID
    name: str
    language: str


class Snapshot(Event, tag="snapshot"):
    """Answer to a console's hello: the whole state, from which events go on."""

    server_time: datetime
    me: Me
    seat: Seat
    companies: list[ConsoleCompany]
    chats: list[ConsoleChat]
    offers: list[Offer]


class SeatChanged(Event, tag="seat.changed"):
    """The seat's facts, after a change."""

    seat: Seat


class SeatTaken(Event, tag="seat.taken"):
    """Another console of this operator took the seat; this one can only read."""

    epoch: int


class Held(Struct, gc=False, array_like=True):
    """One line of a renewal: chat, state, fence, last_seq, operator_read, visitor_read, visitor_seen_at."""

    chat_id: UUID
    state: str
    fence: int
    last_seq: int
    operator_read: int
    visitor_read: int
    visitor_seen_at: datetime


class SeatRenewed(Event, tag="seat.renewed"):
    """Answer to seat.renew: the seat, and what it holds; a difference is fetched."""

    seat: Seat
    server_time: datetime
    held: list[Held]
    offers: list[UUID]


class OfferMade(Event, tag="offer.made"):
    """A chat is offered to this operator."""

    offer: Offer


class OfferGone(Event, tag="offer.gone"):
    """The offer is over. `reason`: accepted, declined, expired, taken, closed."""

    chat_id: UUID
    reason: str


class ChatAdded(Event, tag="chat.added"):
    """A chat came to this operator."""

    chat: ConsoleChat


class ChatChanged(Event, tag="chat.changed"):
    """A chat's live facts, after a change."""

    entry: Entry


class ChatRemoved(Event, tag="chat.removed"):
    """A chat left this operator. `reason`: settled, requeued, lost, taken."""

    chat_id: UUID
    reason: str


class ChatRated(Event, tag="chat.rated"):
    """The visitor said whether they were helped well, or changed it. Told to their tabs and to the operator in wrap-up."""

    chat_id: UUID
    good: bool
    words: str


class TranscriptChanged(Event, tag="transcript.changed"):
    """A mail of the chat was asked for, or its state changed. `state`: queued, sent, failed, dead.

    `at`: when it was asked for or sent, or is tried again. `reason`: a word, of a failed or dead one.
    """

    chat_id: UUID
    address: str
    state: str
    at: datetime
    reason: str = ""


class Texts(Event, tag="texts"):
    """A company's script, canned replies and instruction in force."""

    company_id: UUID
    texts: list["Text"]


class Text(Struct, gc=False):
    """One text in force. `kind`: script, canned, instruction. `data` holds a script's steps."""

    id: UUID
    kind: str
    key: str
    language: str
    version: int
    title: str
    body: str
    data: dict[str, Any]


VISITOR_EVENTS = (
    Welcome,
    Ack,
    Error,
    MessagePosted,
    Typing,
    Read,
    Beat,
    ChatSynced,
    QuestionPosted,
    ChatRated,
    TranscriptChanged,
)
CONSOLE_EVENTS = (
    Snapshot,
    SeatRenewed,
    SeatChanged,
    SeatTaken,
    OfferMade,
    OfferGone,
    ChatAdded,
    ChatChanged,
    ChatRemoved,
    ChatRated,
    TranscriptChanged,
    MessagePosted,
    Typing,
    Read,
    ChatSynced,
    Texts,
    Ack,
    Error,
)

_encode = msgspec.json.Encoder().encode


def encode(event: Event) -> str:
    """The event as the text of one WebSocket frame."""
    return _encode(event).decode()
