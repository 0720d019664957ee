"""Events that only visitors hear."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from chat.domain.events.registry import Event, Hearer, heard_by
from chat.domain.events.talk import WireMessage, WireRating, WireTranscript


class Availability(Struct, gc=False):
    """The offer of a site now. `mode`: chat, form, phone or hidden."""

    mode: str
    promise_seconds: int
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    phone: str = ""


class VisitorLimits(Struct, gc=False):
    """Limits for a widget's words and boxes, sent in the site's config: characters of a `text` and of the words with a
    `rating`, seconds of the others.

    A silent visitor is reminded after `remind` and their chat closed after `idle`; whoever asked too often may ask
    again after `again`.
    """

    text: int
    rating: int
    remind: int
    idle: int
    again: int


class VisitorChat(Struct, gc=False):
    """A visitor's view of their chat. `state`: waiting, open or closed. `answered`: an operator has written in it."""

    id: UUID
    state: str
    last_seq: int
    arrived_at: datetime
    promise_seconds: int
    operator: str | None
    operator_read: int
    visitor_read: int
    answered: bool
    messages: list[WireMessage]
    rating: WireRating | None
    transcripts: list[WireTranscript]


@heard_by(Hearer.VISITOR)
class Welcome(Event, tag="welcome"):
    """Answer to a visitor's hello: everything the panel shows. `wait`: how a waiting chat stands, as in `beat`."""

    token: str
    server_time: datetime
    availability: Availability
    chat: VisitorChat | None
    wait: str = ""


@heard_by(Hearer.VISITOR)
class Beat(Event, tag="beat"):
    """Answer to a visitor's beat. A `last_seq` higher than known is fetched with chat.sync.

    `wait`, of a chat that waits: free, busy, called, or empty when nothing is known.
    """

    last_seq: int
    state: str
    wait: str = ""


@heard_by(Hearer.VISITOR)
class QuestionPosted(Event, tag="question.posted"):
    """The question was committed."""

    client_id: UUID
