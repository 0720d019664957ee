"""Frames of a visitor's socket."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from chat.domain.frames.fields import (
    Address,
    Body,
    CallTime,
    Consent,
    Frame,
    Inbound,
    Line,
    Name,
    Phone,
    Seq,
    Title,
    Url,
    Verdict,
)


class VisitorFrame(Frame):
    """A command of a visitor's page: every class of this kind is one."""


class VisitedPage(Inbound):
    """The page the visitor is on, as the browser tells it."""

    url: Url
    title: Title = ""
    referrer: Url = ""


class VisitorHello(VisitorFrame, tag="hello"):
    """First frame of a visitor's socket. Without a token the answer carries a new one."""

    token: Annotated[Line, Meta(max_length=400)] | None = None
    chat_id: UUID | None = None
    after: Seq = 0
    page: VisitedPage | None = None


class VisitorPost(VisitorFrame, tag="message.post"):
    """A visitor's text. `page`, `greeting_id` and `reservation` matter for the first text of a chat only."""

    client_id: UUID
    body: Body
    page: VisitedPage | None = None
    greeting_id: UUID | None = None
    reservation: UUID | None = None


class VisitorTyping(VisitorFrame, tag="typing"):
    """The visitor is typing, or has stopped. Not stored."""

    on: bool = True


class VisitorRead(VisitorFrame, tag="read"):
    """The visitor has seen everything up to `seq`."""

    seq: Seq


class VisitorBeat(VisitorFrame, tag="beat"):
    """Sent each 10 s: the visitor is here. `hidden` when the page is in the background."""

    hidden: bool = False


class VisitorPage(VisitorFrame, tag="page.view"):
    """The visitor went to another page."""

    page: VisitedPage


class VisitorSync(VisitorFrame, tag="chat.sync"):
    """Asks for a page of messages: those before `before`, else those after `after`, else the newest."""

    after: Seq = 0
    before: Seq | None = None


class VisitorClose(VisitorFrame, tag="chat.close"):
    """The visitor ends the chat."""

    client_id: UUID


class QuestionPost(VisitorFrame, tag="question.post"):
    """The question form, or the wish to be called. An address or a number is needed to answer to.

    `call_back`: when to call; then a number is needed, and the question may be empty. `consent`: the words beside the
    button.
    """

    client_id: UUID
    body: Body
    email: Address = ""
    phone: Phone = ""
    name: Name = ""
    page: VisitedPage | None = None
    consent: Consent = ""
    call_back: CallTime | None = None


class ChatRate(VisitorFrame, tag="chat.rate"):
    """The visitor's rating of a chat that is over. A second one changes it."""

    client_id: UUID
    chat_id: UUID
    good: bool
    words: Verdict = ""


class TranscriptAsk(VisitorFrame, tag="transcript.ask"):
    """The visitor wants the chat by mail: at once if it is over, else when it closes."""

    client_id: UUID
    chat_id: UUID
    email: Address
