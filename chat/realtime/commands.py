"""The registry of commands: one function per kind of frame, a visitor's or a console's."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from chat.domain import frames

Command = Callable[[Any, Any], Awaitable[None]]
_C = TypeVar("_C", bound=Command)

COMMANDS: dict[type[frames.Frame], Command] = {}


def command(kind: type[frames.Frame]) -> Callable[[_C], _C]:
    """Answer frames of this kind by the function below. A second function for one is a mistake."""

    def listed(function: _C) -> _C:
        assert kind not in COMMANDS, kind
        COMMANDS[kind] = function
        return function

    return listed
