"""The wishes of a visitor's robot besides talking: its chat by mail, and to say how it was helped."""

import uuid
from typing import Any

from balie.bench.replay.robots.dialogue_state import Talk


class Wishes:
    """Draw a visitor's wishes: half ask for the transcript, half of these while the chat goes on, and a third rate a
    closed chat.

    One command at a time is in flight. It keeps its id at every try, so the server must see that it is one.
    """

    def __init__(self, talk: Talk) -> None:
        early = talk.dialogue.early
        self.talk = talk
        self._during: list[str] = []
        self._after: list[str] = []
        if wants_transcript(talk):
            # A visitor who leaves without a goodbye has to ask before.
            (self._during if early or talk.number % 4 == 0 else self._after).append("transcript")
        if talk.number % 3 == 0 and not early:
            self._after.append("rating")
        self._ids = {name: str(uuid.uuid4()) for name in (*self._during, *self._after)}
        self._in_flight = ""

    def has_open(self, *, closed: bool) -> bool:
        """Whether something is left to say, in a chat that is going on or closed."""
        return bool(self._during or (closed and self._after))

    def next_frame(self, *, closed: bool) -> dict[str, Any] | None:
        """The next command, or None while one is in flight or there is nothing to say."""
        if self._in_flight or self.talk.chat_id is None or not self.has_open(closed=closed):
            return None
        name = (self._during or self._after)[0]
        self._in_flight = name
        same = {"client_id": self._ids[name], "chat_id": self.talk.chat_id}
        if name == "transcript":
            return {"type": "transcript.ask", **same, "email": address_of(self.talk)}
        good = self.talk.number % 9 != 0
        return {"type": "chat.rate", **same, "good": good, "words": "" if good else "Too slow."}

    def is_in_flight(self, client_id: str | None) -> bool:
        """Whether this is the id of the command that waits for its answer."""
        return bool(self._in_flight) and self._ids[self._in_flight] == client_id

    def landed(self) -> None:
        """The command is committed."""
        name = self._give_up()
        if name == "transcript":
            self.talk.mailed_to = address_of(self.talk)
        elif name:
            self.talk.rated = True

    def refused(self, *, again: bool) -> None:
        """Note that the command wasn't done. Unless `again`, it never will be."""
        if again:
            self._in_flight = ""
        else:
            self._give_up()

    def went_down(self) -> None:
        """The connection is gone: what was in flight is said again after the next hello."""
        self._in_flight = ""

    def _give_up(self) -> str:
        name, self._in_flight = self._in_flight, ""
        for names in (self._during, self._after):
            if name in names:
                names.remove(name)
        return name


def wants_transcript(talk: Talk) -> bool:
    """Whether the visitor of this talk asks for it by mail."""
    return talk.number % 2 == 0


def address_of(talk: Talk) -> str:
    """The address of this chat alone, so that every mail tells which chat it is of."""
    return f"r{talk.chat_id}@replay.test"
