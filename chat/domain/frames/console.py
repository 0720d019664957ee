"""Frames of a console's socket."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from chat.domain.frames.fields import (
    Address,
    Body,
    CallTime,
    Consent,
    Fence,
    Frame,
    Inbound,
    Line,
    Name,
    Phone,
    Seq,
    Word,
)


class ConsoleFrame(Frame):
    """A command of a console: every class of this kind is one."""


class ConsoleHello(ConsoleFrame, tag="hello"):
    """First frame of a console. `take_seat` false opens it for reading only."""

    take_seat: bool = True


class SeatRenew(ConsoleFrame, tag="seat.renew"):
    """Sent each 5 s to keep the lease. The answer lists what the seat holds."""

    epoch: Seq


class SeatLeave(ConsoleFrame, tag="seat.leave"):
    """The page goes away: unless another one takes the seat, its lease ends in 5 s. Has no answer."""

    epoch: Seq


class SeatPause(ConsoleFrame, tag="seat.pause"):
    """A break begins or ends. No offers come while it lasts."""

    client_id: UUID
    on: bool
    reason: Word = ""


class Provenance(Inbound, omit_defaults=True):
    """How a text came about, and the company's words that lay beside it. Stored as it comes, as nothing is decided by
    it.

    An id names one version of a text (`chat.Text` is a row a version). `distance`: edits between what was put into the
    box and what was sent.
    """

    source: Literal["typed", "canned", "suggested", "translated"]
    text: UUID | None = None
    version: Annotated[int, Meta(ge=1, le=2_147_483_647)] | None = None
    distance: Seq | None = None
    script: UUID | None = None
    instruction: UUID | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        given = {self.text is not None, self.version is not None, self.distance is not None}
        if given != {self.source in ("canned", "suggested")}:
            raise ValueError("text, version and distance come with canned and suggested, and with no other source")


class ConsolePost(ConsoleFrame, tag="message.post"):
    """An operator's text, or an internal note that no visitor ever sees."""

    chat_id: UUID
    fence: Fence
    client_id: UUID
    body: Body
    note: bool = False
    provenance: Provenance | None = None


class OfferAccept(ConsoleFrame, tag="offer.accept"):
    """The operator takes the chat that was offered."""

    chat_id: UUID
    fence: Fence
    client_id: UUID


class OfferDecline(ConsoleFrame, tag="offer.decline"):
    """The operator passes the offer on."""

    chat_id: UUID
    fence: Fence
    client_id: UUID
    reason: Word = ""


class ChatRequeue(ConsoleFrame, tag="chat.requeue"):
    """The operator hands the chat back: it goes to the head of the queue for somebody else certified."""

    chat_id: UUID
    fence: Fence
    client_id: UUID


class ChatClose(ConsoleFrame, tag="chat.close"):
    """The operator ends the talk, and wrap-up begins."""

    chat_id: UUID
    fence: Fence
    client_id: UUID


class ChatWrapUp(ConsoleFrame, tag="chat.wrap_up"):
    """The outcome of a chat, which leaves the console."""

    chat_id: UUID
    fence: Fence
    client_id: UUID
    outcome: Word


class LeadPost(ConsoleFrame, tag="lead.post"):
    """Passes a chat's visitor on to the company as a lead. `channel`: by which of the two they want to be reached."""

    chat_id: UUID
    fence: Fence
    client_id: UUID
    channel: Literal["mail", "phone"]
    body: Body
    email: Address = ""
    phone: Phone = ""
    name: Name = ""
    consent: Consent = ""
    best: CallTime | None = None


class ChatSync(ConsoleFrame, tag="chat.sync"):
    """Asks for a page of a chat's messages, with its live facts: before `before`, else after
    `after`, else the newest.
    """

    chat_id: UUID
    after: Seq = 0
    before: Seq | None = None


class ChatTick(ConsoleFrame, tag="chat.tick"):
    """The operator ticks a step of the company's script for this chat, or takes the tick away."""

    chat_id: UUID
    fence: Fence
    client_id: UUID
    step: Annotated[Word, Meta(min_length=1)]
    on: bool


class ConsoleTyping(ConsoleFrame, tag="typing"):
    """The operator is typing in this chat, or has stopped. Not stored."""

    chat_id: UUID
    on: bool = True


class ConsoleRead(ConsoleFrame, tag="read"):
    """The operator has seen everything of this chat up to `seq`."""

    chat_id: UUID
    seq: Seq


class TextsGet(ConsoleFrame, tag="texts.get"):
    """Asks for a company's script, canned replies and instruction."""

    company_id: UUID


class SeatDrain(ConsoleFrame, tag="seat.drain"):
    """No new chats for me from now on, while somebody else could have them, or new ones again."""

    client_id: UUID
    on: bool


class ChatPick(ConsoleFrame, tag="chat.pick"):
    """The operator takes a waiting chat out of turn."""

    chat_id: UUID
    client_id: UUID


class ChatTransfer(ConsoleFrame, tag="chat.transfer"):
    """The operator asks a colleague to take over an open chat, which stays theirs until the colleague accepts."""

    chat_id: UUID
    fence: Fence
    client_id: UUID
    to: Literal["person", "language", "any"]
    operator_id: UUID | None = None
    language: Annotated[Line, Meta(max_length=5)] = ""
    note: Body = ""


class TransferCancel(ConsoleFrame, tag="transfer.cancel"):
    """The operator takes the question back and keeps the chat."""

    chat_id: UUID
    fence: Fence
    client_id: UUID


class TransferOptionsGet(ConsoleFrame, tag="transfer.options"):
    """Asks who could take an open chat of this operator's over."""

    chat_id: UUID


class ChatTake(ConsoleFrame, tag="chat.take"):
    """A lead operator takes an open chat over from a colleague."""

    chat_id: UUID
    fence: Fence
    client_id: UUID


class ChatLook(ConsoleFrame, tag="chat.look"):
    """A lead operator asks for the newest page of a colleague's open chat, to read before they take it over."""

    chat_id: UUID


class FloorGet(ConsoleFrame, tag="floor.get"):
    """Asks what waits and who is here, over the companies this operator is certified for."""


class OwnDayGet(ConsoleFrame, tag="own_day.get"):
    """Asks how this operator's own day goes so far, and when they are planned next."""


class ReadingGet(ConsoleFrame, tag="reading.get"):
    """Asks what changed in a company's instruction since the version this operator read."""

    company_id: UUID


class ReadingDone(ConsoleFrame, tag="reading.done"):
    """The operator has read the company's instruction up to this major version."""

    company_id: UUID
    major: Annotated[int, Meta(ge=1, le=2_147_483_647)]
    client_id: UUID
