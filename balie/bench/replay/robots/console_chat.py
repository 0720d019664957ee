"""One chat in a robot's console."""

import asyncio
from typing import Any

from balie.bench.replay.robots.dialogue_state import HeardTranscript, Talk


class RobotChat:
    """A chat as the robot knows it, and the one thing that it is doing about it."""

    def __init__(self, chat_id: str, entry: dict[str, Any]) -> None:
        self.chat_id, self.entry = chat_id, entry
        self.transcript = HeardTranscript()
        self.talk: Talk | None = None
        # The one command that waits for its answer, and what it is about.
        self.command: str | None = None
        self.kind = ""
        self.turn: int | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.asked = False

    def stop_timer(self) -> None:
        """Forget what was planned."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
