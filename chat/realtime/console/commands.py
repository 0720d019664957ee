"""The registry of a console's commands: one function per kind of frame."""

from collections.abc import Awaitable, Callable
from typing import Any

from chat.domain import frames
from chat.realtime.console.session import ConsoleSession

Command = Callable[[ConsoleSession, Any], Awaitable[None]]

COMMANDS: dict[type[frames.ConsoleFrame], Command] = {}


def command(kind: type[frames.ConsoleFrame]) -> Callable[[Command], Command]:
    """Answer frames of this kind by the function below. A second function for one is a mistake."""

    def listed(function: Command) -> Command:
        assert kind not in COMMANDS, kind
        COMMANDS[kind] = function
        return function

    return listed
