"""One dialogue while it is played: which texts were sent, and what each side has heard.

Turn ids are made before the first try and belong to the turn, not to whoever sends it. So a robot that takes a chat
over from a lost one sends the same turn under the same id, and the server has to see that it is one message.
"""

import asyncio
import uuid
from typing import Any

from balie.bench.replay.robots.dialogues import Dialogue


class HeardTranscript:
    """The messages that one client has of one chat, by seq."""

    __slots__ = ("messages", "upto")

    def __init__(self) -> None:
        self.messages: dict[int, dict[str, Any]] = {}
        # Everything from 1 to here is known.
        self.upto = 0

    def take(self, message: dict[str, Any]) -> bool:
        """Keep a message. False if it was known."""
        seq = message["seq"]
        new = seq not in self.messages
        if new:
            self.messages[seq] = message
            while self.upto + 1 in self.messages:
                self.upto += 1
        return new

    def has_gap(self) -> bool:
        """Whether a message is missing below one that is known."""
        return self.upto < len(self.messages) or (bool(self.messages) and max(self.messages) > self.upto)

    def has_closed(self) -> bool:
        """Whether the line that ends the chat is here."""
        return any(
            message["kind"] == "system" and message["data"].get("code") == "closed"
            for message in self.messages.values()
        )


class Talk:
    """One dialogue on its way through a chat. Times are seconds of the event loop's clock."""

    def __init__(self, number: int, dialogue: Dialogue, site_key: str) -> None:
        self.number, self.dialogue, self.site_key = number, dialogue, site_key
        self.ids = [str(uuid.uuid4()) for _ in dialogue.turns]
        self.turn_of = {client_id: turn for turn, client_id in enumerate(self.ids)}
        self.chat_id: str | None = None
        # First sendings in order, with their time; a turn that was sent again is here once.
        self.sent_at: dict[int, float] = {}
        self.sendings = 0
        self.acked: dict[int, int] = {}
        # When the turn was first known to the side that didn't write it.
        self.arrived_at: dict[int, float] = {}
        self.deliveries: list[float] = []
        self.refused = ""
        # Where the transcript was asked to go, and whether a rating was taken: once the server said so.
        self.mailed_to = ""
        self.rated = False
        # Seqs the visitor's client knew at its end; it left early if that isn't the whole chat.
        self.visitor_knows: frozenset[int] = frozenset()
        self.visitor_gone = False
        self.settled = asyncio.Event()

    def sending(self, turn: int, now: float) -> None:
        """A text goes out, for the first time or again."""
        self.sendings += 1
        self.sent_at.setdefault(turn, now)

    def ack(self, turn: int, seq: int, chat_id: str) -> dict[str, Any]:
        """Note that the sender heard the message is stored, and return the message as the sender now knows it."""
        self.acked[turn] = seq
        self.chat_id = chat_id
        return {"seq": seq, "kind": "text", "client_id": self.ids[turn], "data": {}}

    def heard(self, message: dict[str, Any], side: str, now: float, *, live: bool) -> None:
        """A client of `side` received a message, as an event (`live`) or by asking."""
        turn = self.turn_of.get(message.get("client_id") or "")
        if turn is None:
            return
        if self.dialogue.turns[turn].role == side:
            # The ack was lost with its socket; that the server shows the text says the same.
            self.acked.setdefault(turn, message["seq"])
            return
        if turn in self.arrived_at:
            return
        self.arrived_at[turn] = now
        if live and turn in self.sent_at:
            self.deliveries.append(now - self.sent_at[turn])

    def next_turn(self, transcript: HeardTranscript) -> int:
        """Return the index of the first turn that isn't in the transcript, or the number of turns when all are."""
        known = {message.get("client_id") for message in transcript.messages.values()}
        return next(
            (turn for turn, client_id in enumerate(self.ids) if client_id not in known),
            len(self.ids),
        )

    def due_at(self, turn: int, speed: float, now: float) -> float:
        """When the turn is to be sent: its writer's pause after the turn before it arrived."""
        pause = self.dialogue.turns[turn].gap_s / speed
        if turn == 0:
            return now
        earlier = turn - 1
        if self.dialogue.turns[earlier].role == self.dialogue.turns[turn].role:
            return self.sent_at.get(earlier, now) + pause
        return self.arrived_at.get(earlier, now) + pause
