"""Events for consoles beyond the chats they hold: the floor, transfers, calls for the lead, what is to be read."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from chat.domain.events.registry import Event, Hearer, heard_by
from chat.domain.events.talk import WireMessage


class FloorChat(Struct, gc=False):
    """An unfinished chat as colleagues see it: no word of the visitor.

    `operator`: who holds it, or empty. `why` it waits, at this moment: nobody, away, full, language or soon; empty of
    one that somebody holds. `called`: it was let pass twice, and the lead operators are called. `number`, of an open
    one, is the chat's own; `turn` says who is to write next, and `turn_at` since when.
    """

    chat_id: UUID
    company_id: UUID
    site: str
    language: str
    state: str
    fence: int
    arrived_at: datetime
    promise_seconds: int
    first_human_at: datetime | None
    bounces: int
    called: bool
    operator: str
    why: str
    number: int = 0
    turn: str = ""
    turn_at: datetime | None = None


class Colleague(Struct, gc=False):
    """Somebody who is here. `state`: free, full, paused or draining."""

    id: UUID
    name: str
    state: str
    used: int
    capacity: int


@heard_by(Hearer.CONSOLE)
class Floor(Event, tag="floor"):
    """Answer to floor.get, over the companies one is certified for. `open`: for lead operators only."""

    waiting: list[FloorChat]
    open: list[FloorChat]
    colleagues: list[Colleague]


@heard_by(Hearer.CONSOLE)
class ChatLooked(Event, tag="chat.looked"):
    """Answer to chat.look: the newest page of a colleague's chat, for a lead operator who may take it over."""

    chat_id: UUID
    visitor_name: str
    messages: list[WireMessage]


@heard_by(Hearer.CONSOLE)
class CallMade(Event, tag="call.made"):
    """A chat was let pass twice: whoever leads is called to it. Comes again when the chat changes."""

    call: FloorChat


@heard_by(Hearer.CONSOLE)
class CallGone(Event, tag="call.gone"):
    """The call is over. `reason`: taken (somebody has the chat) or closed."""

    chat_id: UUID
    reason: str


class FloorPerson(Struct, gc=False):
    """An operator a chat could go to. `refused`: away, paused, draining, full, language, or empty if they can be
    asked.
    """

    id: UUID
    name: str
    used: int
    capacity: int
    refused: str


@heard_by(Hearer.CONSOLE)
class TransferOptions(Event, tag="transfer.options"):
    """Answer to transfer.options: everybody else who is certified for the company, and languages that somebody here
    speaks.
    """

    chat_id: UUID
    people: list[FloorPerson]
    languages: list[str]


@heard_by(Hearer.HOLDER)
class TransferEnded(Event, tag="transfer.ended"):
    """A transfer came to nothing, and the chat is still this operator's. `reason`: declined, expired, nobody or
    cancelled.
    """

    chat_id: UUID
    reason: str


class ReadingPart(Struct, gc=False):
    """A stretch of an instruction. `kind`: same, added or removed."""

    kind: str
    text: str


@heard_by(Hearer.CONSOLE)
class Reading(Event, tag="reading"):
    """Answer to reading.get: changes since the version they read, or without `removed` parts the newest text."""

    company_id: UUID
    from_major: int
    major: int
    parts: list[ReadingPart]


@heard_by(Hearer.CONSOLE)
class ReadingDue(Event, tag="reading.due"):
    """Whether this operator has still to read the company's newest instruction."""

    company_id: UUID
    unread: bool
