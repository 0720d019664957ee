"""Commands that a robot sent and has no answer to yet."""

import uuid

from balie.bench.replay.robots.console_chat import RobotChat


class Unanswered:
    """Commands by client id: of each chat at most one."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[RobotChat, float]] = {}

    def add(self, held: RobotChat, kind: str, client_id: str | None, now: float) -> str:
        """Note a command that goes out now and return its client id: a new one unless it is given."""
        held.command, held.kind = client_id or str(uuid.uuid4()), kind
        self._waiting[held.command] = (held, now)
        return held.command

    def take(self, client_id: str | None) -> tuple[RobotChat, int | None] | None:
        """The chat whose command this answers, and the turn if it was a text."""
        found = self._waiting.pop(client_id or "", None)
        if found is None:
            return None
        held, turn = found[0], found[0].turn
        held.command = held.turn = None
        return held, turn

    def forget(self, held: RobotChat) -> None:
        """No answer is awaited any more for this chat."""
        if held.command is not None:
            self._waiting.pop(held.command, None)

    def has_older_than(self, moment: float) -> bool:
        """Whether one went out before this moment."""
        return any(since < moment for _, since in self._waiting.values())

    def clear(self) -> None:
        """The line is gone: no answer comes over it."""
        self._waiting.clear()
