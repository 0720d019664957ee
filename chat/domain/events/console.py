"""Events that consoles hear of their seat, their offers and their chats."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from chat.domain.events.floor import FloorChat
from chat.domain.events.registry import Event, Hearer, heard_by
from chat.domain.events.talk import WireEntry, WireMessage, WireRating, WireTranscript


class ConsoleChat(Struct, gc=False):
    """A chat as its operator sees it. `lead`: its visitor was passed on to the company."""

    entry: WireEntry
    site: str
    number: int
    visitor_name: str
    visitor_id: UUID
    language: str
    page_url: str
    page_title: str
    referrer: str
    earlier: int
    messages: list[WireMessage]
    rating: WireRating | None
    transcripts: list[WireTranscript]
    lead: bool


class Offer(Struct, gc=False):
    """A chat offered to this operator: no visitor's words. `first_human_at`: set where a colleague answered it before.

    `kind`: new, again (they let it pass before), transfer (`from_name` asks) or lead (it was let pass twice).
    `returning`: they helped this visitor before. `unread`: they have not read the company's newest instruction. `note`:
    the asking colleague's.
    """

    chat_id: UUID
    company_id: UUID
    site: str
    language: str
    fence: int
    arrived_at: datetime
    promise_seconds: int
    first_human_at: datetime | None
    expires_at: datetime
    kind: str
    from_name: str
    returning: bool
    unread: bool
    note: str


class WireSeat(Struct, gc=False):
    """The operator's seat: a console holds it while its own epoch is this one.

    `drain_reason`: shift, manager, own, or empty. `shift_ends_at`: null without a shift that runs.
    """

    epoch: int
    capacity: int
    used: int
    paused: bool
    pause_reason: str
    paused_at: datetime | None
    draining: bool
    drain_reason: str
    shift_ends_at: datetime | None
    lease_until: datetime


class ConsoleCompany(Struct, gc=False):
    """A company this operator is certified for. `unread`: they have not read its newest instruction."""

    id: UUID
    name: str
    monogram: str
    tone: str
    language: str
    unread: bool


class ConsoleLimits(Struct, gc=False):
    """Limits for a console's words and clocks: characters of a `text`, seconds of the others.

    A silent visitor's chat is closed after `idle`; a visitor without a sign of life for `gone` has left; a wrap-up ends
    by itself after `wrap_up`, and an offer is taken back after `offer`.
    """

    text: int
    idle: int
    gone: int
    wrap_up: int
    offer: int


class Me(Struct, gc=False):
    """The operator who is signed in."""

    id: UUID
    name: str
    language: str
    is_lead: bool


@heard_by(Hearer.CONSOLE)
class Snapshot(Event, tag="snapshot"):
    """Answer to a console's hello: the whole state, from which events go on. `calls`: for lead operators only."""

    server_time: datetime
    me: Me
    seat: WireSeat
    limits: ConsoleLimits
    companies: list[ConsoleCompany]
    chats: list[ConsoleChat]
    offers: list[Offer]
    calls: list[FloorChat]


@heard_by(Hearer.CONSOLE)
class SeatChanged(Event, tag="seat.changed"):
    """The seat's facts, after a change."""

    seat: WireSeat


@heard_by(Hearer.CONSOLE)
class SeatTaken(Event, tag="seat.taken"):
    """Another console of this operator took the seat, and this one can only read."""

    epoch: int


class HeldChat(Struct, gc=False, array_like=True):
    """One line of a renewal: chat, state, fence, last_seq, operator_read, visitor_read, visitor_seen_at."""

    chat_id: UUID
    state: str
    fence: int
    last_seq: int
    operator_read: int
    visitor_read: int
    visitor_seen_at: datetime


@heard_by(Hearer.CONSOLE)
class SeatRenewed(Event, tag="seat.renewed"):
    """Answer to seat.renew: the seat, and what it holds. A difference is fetched.

    `calls`: chats that lead operators are called to. `unread`: companies whose newest instruction is not read.
    """

    seat: WireSeat
    server_time: datetime
    held: list[HeldChat]
    offers: list[UUID]
    calls: list[UUID]
    unread: list[UUID]


@heard_by(Hearer.CONSOLE)
class OfferMade(Event, tag="offer.made"):
    """A chat is offered to this operator."""

    offer: Offer


@heard_by(Hearer.CONSOLE)
class OfferGone(Event, tag="offer.gone"):
    """The offer is over. `reason`: accepted, declined, expired, taken, closed, cancelled. `name`: who took it."""

    chat_id: UUID
    reason: str
    name: str = ""


@heard_by(Hearer.HOLDER)
class ChatAdded(Event, tag="chat.added"):
    """A chat came to this operator."""

    chat: ConsoleChat


@heard_by(Hearer.HOLDER)
class LeadPosted(Event, tag="lead.posted"):
    """The visitor of this chat was passed on to the company as a lead."""

    chat_id: UUID


@heard_by(Hearer.HOLDER)
class ChatChanged(Event, tag="chat.changed"):
    """A chat's live facts, after a change."""

    entry: WireEntry


@heard_by(Hearer.HOLDER)
class ChatRemoved(Event, tag="chat.removed"):
    """A chat left this operator. `reason`: settled, requeued, lost, taken, transferred, moved. `name`: whose doing it
    was.
    """

    chat_id: UUID
    reason: str
    name: str = ""


class Stretch(Struct, gc=False):
    """A planned time at the desk."""

    starts_at: datetime
    ends_at: datetime


@heard_by(Hearer.CONSOLE)
class OwnDay(Event, tag="own_day"):
    """Answer to own_day.get: the report's figures of this operator's finished chats that arrived today.

    `offered`: those within opening hours, without spam. `within_promise` of `base`: the share kept. `response_p50`:
    seconds to the first answer, half of the answered chats had it within this; null without one. `next_shift`: null if
    none is planned.
    """

    offered: int
    within_promise: int
    base: int
    response_p50: float | None
    next_shift: Stretch | None


class WireText(Struct, gc=False):
    """One text in force. `kind`: script, canned, instruction, notice. `data` holds a script's steps, a notice's end."""

    id: UUID
    kind: str
    key: str
    language: str
    version: int
    title: str
    body: str
    data: dict[str, Any]


@heard_by(Hearer.CONSOLE)
class Texts(Event, tag="texts"):
    """A company's script, canned replies, instruction and notices in force."""

    company_id: UUID
    texts: list[WireText]
