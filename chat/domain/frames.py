"""Inbound frames of `balie.v1`, checked while they are parsed. `docs/protocol.md` is their page for readers."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

FRAME_LIMIT = 65_536

Url = Annotated[str, Meta(max_length=2_000)]
Title = Annotated[str, Meta(max_length=300)]
Verdict = Annotated[str, Meta(max_length=1_000)]
Address = Annotated[str, Meta(max_length=254)]
Seq = Annotated[int, Meta(ge=0, le=2_147_483_647)]
Fence = Annotated[int, Meta(ge=0, le=2_147_483_647)]


class Frame(Struct, tag_field="type", forbid_unknown_fields=True, gc=False):
    """What every frame is: an object whose `type` names it; an unknown field is refused."""


class Page(Struct, forbid_unknown_fields=True, gc=False):
    """The page the visitor is on, as the browser tells it."""

    url: Url
    title: Title = ""
    referrer: Url = ""


class VisitorHello(Frame, tag="hello"):
    """First frame of a visitor's socket. Without a token the answer carries a new one."""

    token: Annotated[str, Meta(max_length=400)] | None = None
    chat_id: UUID | None = None
    after: Seq = 0
    page: Page | None = None


class VisitorPost(Frame, tag="message.post"):
    """A visitor's text. `page` and `greeting_id` matter for the first text of a chat only."""

    client_id: UUID
    body: str
    page: Page | None = None
    greeting_id: UUID | None = None


class VisitorTyping(Frame, tag="typing"):
    """The visitor is typing, or has stopped. Not stored."""

    on: bool = True


class VisitorRead(Frame, tag="read"):
    """The visitor has seen everything up to `seq`."""

    seq: Seq


class VisitorBeat(Frame, tag="beat"):
    """Sent each 10 s: the visitor is here; `hidden` when the page is in the background."""

    hidden: bool = False


class VisitorPage(Frame, tag="page.view"):
    """The visitor went to another page."""

    page: Page


class VisitorSync(Frame, tag="chat.sync"):
    """Asks for every message after `after`."""

    after: Seq = 0


class VisitorClose(Frame, tag="chat.close"):
    """The visitor ends the chat."""

    client_id: UUID


class QuestionPost(Frame, tag="question.post"):
    """The question form, when nobody can answer. An address or a number is needed to answer to."""

    client_id: UUID
    body: str
    email: Address = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    name: Annotated[str, Meta(max_length=100)] = ""
    page: Page | None = None


class ChatRate(Frame, tag="chat.rate"):
    """Whether the visitor was helped well, of a chat that is over; again changes it."""

    client_id: UUID
    chat_id: UUID
    good: bool
    words: Verdict = ""


class TranscriptAsk(Frame, tag="transcript.ask"):
    """The visitor wants the chat by mail: at once if it is over, else when it closes."""

    client_id: UUID
    chat_id: UUID
    email: Address


class ConsoleHello(Frame, tag="hello"):
    """First frame of a console. `take_seat` false opens it for reading only."""

    take_seat: bool = True


class SeatRenew(Frame, tag="seat.renew"):
    """Sent each 5 s: keeps the lease; the answer lists what the seat holds."""

    epoch: Seq


class SeatPause(Frame, tag="seat.pause"):
    """A break begins or ends; no offers come while it lasts."""

    client_id: UUID
    on: bool
    reason: Annotated[str, Meta(max_length=40)] = ""


class ConsolePost(Frame, tag="message.post"):
    """An operator's text, or an internal note that no visitor ever sees."""

    chat_id: UUID
    fence: Fence
    client_id: UUID
    body: str
    note: bool = False


class OfferAccept(Frame, tag="offer.accept"):
    """The operator takes the chat that was offered."""

    chat_id: UUID
    fence: Fence
    client_id: UUID


class OfferDecline(Frame, tag="offer.decline"):
    """The operator passes the offer on."""

    chat_id: UUID
    fence: Fence
    client_id: UUID
    reason: Annotated[str, Meta(max_length=40)] = ""


class ChatRequeue(Frame, tag="chat.requeue"):
    """The operator hands the chat back: it goes to the head of the queue for somebody else certified."""

    chat_id: UUID
    fence: Fence
    client_id: UUID


class ChatClose(Frame, tag="chat.close"):
    """The operator ends the talk; wrap-up begins."""

    chat_id: UUID
    fence: Fence
    client_id: UUID


class ChatWrapUp(Frame, tag="chat.wrap_up"):
    """How it ended; the chat leaves the console."""

    chat_id: UUID
    fence: Fence
    client_id: UUID
    outcome: Annotated[str, Meta(max_length=40)]


class ChatSync(Frame, tag="chat.sync"):
    """Asks for every message of a chat after `after`, with its live facts."""

    chat_id: UUID
    after: Seq = 0


class ConsoleTyping(Frame, tag="typing"):
    """The operator is typing in this chat, or has stopped. Not stored."""

    chat_id: UUID
    on: bool = True


class ConsoleRead(Frame, tag="read"):
    """The operator has seen everything of this chat up to `seq`."""

    chat_id: UUID
    seq: Seq


class TextsGet(Frame, tag="texts.get"):
    """Asks for a company's script, canned replies and instruction."""

    company_id: UUID


VISITOR_FRAMES = (
    VisitorHello,
    VisitorPost,
    VisitorTyping,
    VisitorRead,
    VisitorBeat,
    VisitorPage,
    VisitorSync,
    VisitorClose,
    QuestionPost,
    ChatRate,
    TranscriptAsk,
)
CONSOLE_FRAMES = (
    ConsoleHello,
    SeatRenew,
    SeatPause,
    ConsolePost,
    OfferAccept,
    OfferDecline,
    ChatRequeue,
    ChatClose,
    ChatWrapUp,
    ChatSync,
    ConsoleTyping,
    ConsoleRead,
    TextsGet,
)


class BadFrame(ValueError):
    """A frame that is not one of ours: no JSON, an unknown type, a missing or wrong field."""


VisitorFrame = (
    VisitorHello
    | VisitorPost
    | VisitorTyping
    | VisitorRead
    | VisitorBeat
    | VisitorPage
    | VisitorSync
    | VisitorClose
    | QuestionPost
    | ChatRate
    | TranscriptAsk
)
ConsoleFrame = (
    ConsoleHello
    | SeatRenew
    | SeatPause
    | ConsolePost
    | OfferAccept
    | OfferDecline
    | ChatRequeue
    | ChatClose
    | ChatWrapUp
    | ChatSync
    | ConsoleTyping
    | ConsoleRead
    | TextsGet
)
_visitor: Callable[[str], VisitorFrame] = msgspec.json.Decoder(VisitorFrame).decode
_console: Callable[[str], ConsoleFrame] = msgspec.json.Decoder(ConsoleFrame).decode


def parse_visitor(text: str) -> VisitorFrame:
    """The visitor's frame in `text`. Raises BadFrame, whose message names the field and what is allowed."""
    try:
        return _visitor(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise BadFrame(str(error)) from None


def parse_console(text: str) -> ConsoleFrame:
    """The console's frame in `text`. Raises BadFrame, whose message names the field and what is allowed."""
    try:
        return _console(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise BadFrame(str(error)) from None
