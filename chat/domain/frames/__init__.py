"""Inbound frames of `balie.v1`, checked while they are parsed. `docs/protocol.md` is their page for readers."""

import json
import re
from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TypeVar
from uuid import UUID

import msgspec

from chat.domain.frames.console import *
from chat.domain.frames.fields import Frame as Frame
from chat.domain.frames.visitor import *

FRAME_LIMIT = 65_536

VISITOR_FRAMES: tuple[type[VisitorFrame], ...] = tuple(VisitorFrame.__subclasses__())
CONSOLE_FRAMES: tuple[type[ConsoleFrame], ...] = tuple(ConsoleFrame.__subclasses__())


class BadFrame(ValueError):
    """A frame that is not one of ours: no JSON, an unknown type, a missing or wrong field."""


class _Named(msgspec.Struct):
    """The facts that a bad frame may still give of itself."""

    client_id: UUID | None = None
    chat_id: UUID | None = None


_visitor: Callable[[str], VisitorFrame] = msgspec.json.Decoder(reduce(or_, VISITOR_FRAMES)).decode
_console: Callable[[str], ConsoleFrame] = msgspec.json.Decoder(reduce(or_, CONSOLE_FRAMES)).decode


_F = TypeVar("_F")

# The escape of a high or a low surrogate. A frame that can't be read and holds one may hold half a pair.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def parse_visitor(text: str) -> VisitorFrame:
    """The visitor's frame in `text`. Raises BadFrame, whose message names the field and what is allowed."""
    return _parse(_visitor, text)


def parse_console(text: str) -> ConsoleFrame:
    """The console's frame in `text`. Raises BadFrame, whose message names the field and what is allowed."""
    return _parse(_console, text)


def ids_of(text: str) -> tuple[UUID | None, UUID | None]:
    """The `client_id` and `chat_id` of a frame that is refused, as far as they can be read: its
    sender waits for them.
    """
    try:
        named = msgspec.json.decode(text, type=_Named)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None, None
    return named.client_id, named.chat_id


def _parse(read: Callable[[str], _F], text: str) -> _F:
    try:
        return read(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        whole = _with_whole_pairs(text)
        if whole == text:
            raise BadFrame(str(error)) from None
        return _parse(read, whole)


def _with_whole_pairs(text: str) -> str:
    """Return the same JSON with U+FFFD for each half of a surrogate pair, or `text` itself if there is none, or no
    JSON.

    A page's title cut in the middle of an emoji must not end the talk with its visitor.
    """
    if not _HALF.search(text):
        return text
    try:
        said = json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
    whole = said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text if whole == said else whole
