"""Inbound frames of `balie.v1`, checked while they are parsed. `docs/protocol.md` is their page for readers."""

from collections.abc import Callable

import msgspec

from chat.domain.frames.console import (
    ChatClose,
    ChatPick,
    ChatRequeue,
    ChatSync,
    ChatTake,
    ChatTransfer,
    ChatWrapUp,
    ConsoleHello,
    ConsolePost,
    ConsoleRead,
    ConsoleTyping,
    FloorGet,
    OfferAccept,
    OfferDecline,
    ReadingDone,
    ReadingGet,
    SeatDrain,
    SeatPause,
    SeatRenew,
    TextsGet,
    TransferCancel,
    TransferOptionsGet,
)
from chat.domain.frames.fields import Frame
from chat.domain.frames.visitor import (
    ChatRate,
    Page,
    QuestionPost,
    TranscriptAsk,
    VisitorBeat,
    VisitorClose,
    VisitorHello,
    VisitorPage,
    VisitorPost,
    VisitorRead,
    VisitorSync,
    VisitorTyping,
)

__all__ = [
    "CONSOLE_FRAMES",
    "FRAME_LIMIT",
    "VISITOR_FRAMES",
    "BadFrame",
    "ChatClose",
    "ChatPick",
    "ChatRate",
    "ChatRequeue",
    "ChatSync",
    "ChatTake",
    "ChatTransfer",
    "ChatWrapUp",
    "ConsoleFrame",
    "ConsoleHello",
    "ConsolePost",
    "ConsoleRead",
    "ConsoleTyping",
    "FloorGet",
    "Frame",
    "OfferAccept",
    "OfferDecline",
    "Page",
    "QuestionPost",
    "ReadingDone",
    "ReadingGet",
    "SeatDrain",
    "SeatPause",
    "SeatRenew",
    "TextsGet",
    "TranscriptAsk",
    "TransferCancel",
    "TransferOptionsGet",
    "VisitorBeat",
    "VisitorClose",
    "VisitorFrame",
    "VisitorHello",
    "VisitorPage",
    "VisitorPost",
    "VisitorRead",
    "VisitorSync",
    "VisitorTyping",
    "parse_console",
    "parse_visitor",
]

FRAME_LIMIT = 65_536

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
    SeatDrain,
    ChatPick,
    ChatTransfer,
    TransferCancel,
    TransferOptionsGet,
    ChatTake,
    FloorGet,
    ReadingGet,
    ReadingDone,
)
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
    | SeatDrain
    | ChatPick
    | ChatTransfer
    | TransferCancel
    | TransferOptionsGet
    | ChatTake
    | FloorGet
    | ReadingGet
    | ReadingDone
)


class BadFrame(ValueError):
    """A frame that is not one of ours: no JSON, an unknown type, a missing or wrong field."""


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
