"""Outbound events of `balie.v1`: past tense, one class each. `docs/protocol.md` is their page for readers."""

import msgspec

from chat.domain.events.console import *
from chat.domain.events.floor import *
from chat.domain.events.registry import HEARD_BY as HEARD_BY
from chat.domain.events.registry import Event as Event
from chat.domain.events.registry import Hearer as Hearer
from chat.domain.events.talk import *
from chat.domain.events.visitor import *

VISITOR_EVENTS = tuple(event for event, hearers in HEARD_BY.items() if Hearer.VISITOR in hearers)
CONSOLE_EVENTS = tuple(event for event, hearers in HEARD_BY.items() if hearers & {Hearer.CONSOLE, Hearer.HOLDER})

_encode = msgspec.json.Encoder().encode


def encode(event: Event) -> str:
    """The event as the text of one WebSocket frame."""
    return _encode(event).decode()


def encode_message(message: WireMessage) -> bytes:
    """One message as it stands in an event."""
    return _encode(message)
