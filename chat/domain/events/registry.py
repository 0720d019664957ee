"""The registry of events: an event says where it is defined on whose sockets it is heard."""

from collections.abc import Callable
from enum import Enum, auto
from typing import TypeVar

from msgspec import Struct


class Event(Struct, tag_field="type", gc=False, omit_defaults=False):
    """The base of every event: an object whose `type` names it."""


class Hearer(Enum):
    """Whose sockets an event is heard on. A holder is a console that holds, or held, the chat it is about."""

    VISITOR = auto()
    CONSOLE = auto()
    HOLDER = auto()


HEARD_BY: dict[type[Event], frozenset[Hearer]] = {}
_E = TypeVar("_E", bound=Event)


def heard_by(*hearers: Hearer) -> Callable[[type[_E]], type[_E]]:
    """List an event. docs/protocol.md has a section for each, and the isolation tests try each."""

    def listed(event: type[_E]) -> type[_E]:
        HEARD_BY[event] = frozenset(hearers)
        return event

    return listed
