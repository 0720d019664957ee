"""A visitor's robot: writes its turns of one dialogue over the widget's protocol, as the panel would."""

import asyncio
import contextlib
import random
from typing import Any

from balie.bench.replay.robots.client_socket import AGAIN, ANSWER_WITHIN_S, GAP_WAIT_S, ClientLine
from balie.bench.replay.robots.dialogue_state import HeardTranscript, Talk
from balie.bench.replay.robots.dialogues import VISITOR
from balie.bench.replay.robots.visitor_wishes import Wishes

BEAT_S = 10.0
# A wrap-up ends by itself after 120 s; a chat that nobody held when it closed has none to wait for.
SETTLED_WITHIN_S = 150.0


class VisitorRobot(ClientLine):
    """One visitor with one chat. Ends when the chat is settled and everything was heard, or early."""

    def __init__(self, talk: Talk, *, speed: float, **line: Any) -> None:
        super().__init__(**line)
        self.talk, self.speed = talk, speed
        self.transcript = HeardTranscript()
        self.wishes = Wishes(talk)
        self.token: str | None = None
        self._in_flight: int | None = None
        self._asked = self._synced = False
        self._waiting: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._wish_patience: asyncio.TimerHandle | None = None
        self._beats: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._last_look: asyncio.Task[None] | None = None

    async def live(self) -> None:
        """Play the visitor's side to its end."""
        try:
            await self.run()
        finally:
            self.talk.visitor_gone = True
            self.talk.visitor_knows = frozenset(self.transcript.messages)
            for timer in (self._waiting, self._patience, self._wish_patience, self._beats):
                if timer is not None:
                    timer.cancel()
            if self._last_look is not None:
                self._last_look.cancel()

    def hello(self) -> dict[str, Any]:
        frame: dict[str, Any] = {"type": "hello", "page": self._page()}
        if self.token is not None:
            frame |= {"token": self.token, "after": self.transcript.upto}
            if self.talk.chat_id is not None:
                frame["chat_id"] = self.talk.chat_id
        return frame

    def went_down(self) -> None:
        self._in_flight, self._asked = None, False
        self.wishes.went_down()
        for timer in (self._waiting, self._patience, self._wish_patience, self._beats):
            if timer is not None:
                timer.cancel()
        self._waiting = self._patience = self._wish_patience = None

    def take(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "message.posted":
            self._hear([frame["message"]], live=True)
        elif kind == "ack":
            self._acked(frame)
        elif kind == "welcome":
            self._welcomed(frame)
        elif kind == "chat.synced":
            self._asked, self._synced = False, True
            self._hear(frame["messages"], live=False)
        elif kind == "beat":
            if frame["last_seq"] > self.transcript.upto or (
                frame["state"] == "closed" and not self.transcript.has_closed()
            ):
                self._ask()
        elif kind == "error":
            self._refused(frame)

    def _welcomed(self, frame: dict[str, Any]) -> None:
        self.greeted()
        self.token = frame["token"]
        self._beat()
        if frame["chat"] is not None:
            self.talk.chat_id = frame["chat"]["id"]
            self._hear(frame["chat"]["messages"], live=False)
        else:
            self._step()

    def _acked(self, frame: dict[str, Any]) -> None:
        if self.wishes.is_in_flight(frame["client_id"]):
            self._wish_answered()
            self.wishes.landed()
            self._step()
            return
        turn = self.talk.turn_of.get(frame["client_id"])
        if turn is None:
            return
        if turn == self._in_flight:
            self._landed()
        self._hear([self.talk.ack(turn, frame["seq"], frame["chat_id"])], live=False)

    def _hear(self, messages: list[dict[str, Any]], *, live: bool) -> None:
        now = self._loop.time()
        texts = 0
        for message in messages:
            if self.transcript.take(message):
                self.talk.heard(message, VISITOR, now, live=live)
                texts += message["kind"] == "text" and message.get("side") == "operator"
        if texts:
            self.send(type="read", seq=max(self.transcript.messages))
        if self.transcript.has_gap() and not self._asked:
            self._loop.call_later(GAP_WAIT_S, self._ask_if_gap)
        self._step()

    def _ask_if_gap(self) -> None:
        if self.transcript.has_gap() and not self._asked:
            self._ask()

    def _ask(self) -> None:
        if self.up and self.talk.chat_id is not None:
            self._asked = True
            self.send(type="chat.sync", after=self.transcript.upto)

    def _step(self) -> None:
        """Find what is to be done next. Called after everything that changes it."""
        if not self.up or self.over:
            return
        talk = self.talk
        turn = talk.next_turn(self.transcript)
        closed = self.transcript.has_closed()
        self._wish(closed=closed)
        if turn == len(talk.ids) and talk.dialogue.early:
            if not self.wishes.has_open(closed=closed):
                self.leave()
        elif closed:
            if self._last_look is None:
                self._last_look = self._loop.create_task(self._look_a_last_time())
        elif self._in_flight is not None or self._waiting is not None:
            return
        elif turn < len(talk.ids) and talk.dialogue.turns[turn].role == VISITOR:
            now = self._loop.time()
            wait = max(0.0, talk.due_at(turn, self.speed, now) - now)
            if wait > 0.5:
                self.send(type="typing", on=True)
            self._waiting = self._loop.call_later(wait, self._post, turn)

    def _wish(self, *, closed: bool) -> None:
        frame = self.wishes.next_frame(closed=closed) if self.up else None
        if frame is not None:
            self._wish_patience = self._loop.call_later(ANSWER_WITHIN_S, self.drop)
            self.send(**frame)

    def _wish_answered(self) -> None:
        if self._wish_patience is not None:
            self._wish_patience.cancel()
            self._wish_patience = None

    def _post(self, turn: int) -> None:
        self._waiting = None
        if not self.up or self.over or self._in_flight is not None:
            return
        self._in_flight = turn
        self._patience = self._loop.call_later(ANSWER_WITHIN_S, self.drop)
        self.talk.sending(turn, self._loop.time())
        frame: dict[str, Any] = {
            "type": "message.post",
            "client_id": self.talk.ids[turn],
            "body": self.talk.dialogue.turns[turn].text,
        }
        if turn == 0:
            frame["page"] = self._page()
        self.send(**frame)

    def _refused(self, frame: dict[str, Any]) -> None:
        code = frame["code"]
        if frame.get("client_id") is None:
            if self._asked and code in AGAIN:
                self._asked = False
                self._loop.call_later(random.uniform(0.3, 0.6), self._ask)
            return
        if self.wishes.is_in_flight(frame["client_id"]):
            self._wish_answered()
            self._loop.call_later(random.uniform(0.3, 0.6), self._wish_refused, code)
            return
        turn = self.talk.turn_of.get(frame["client_id"])
        if turn is None or turn != self._in_flight:
            return
        self._landed()
        if code in AGAIN:
            self._waiting = self._loop.call_later(random.uniform(0.3, 0.6), self._post, turn)
        elif turn == 0 and self.talk.chat_id is None:
            self.talk.refused = code
            self.leave()
        else:
            # Over, or moved on: what the chat now holds says what to do.
            self._ask()

    def _wish_refused(self, code: str) -> None:
        self.wishes.refused(again=code in AGAIN)
        self._step()

    def _landed(self) -> None:
        self._in_flight = None
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _beat(self) -> None:
        self.send(type="beat", hidden=False)
        self._beats = self._loop.call_later(BEAT_S, self._beat)

    async def _look_a_last_time(self) -> None:
        """The chat is closed: wait for its very last line, ask for what is missing, and go."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.talk.settled.wait(), SETTLED_WITHIN_S)
        while not self.over:
            if self.up:
                self._synced = False
                self._ask()
            await asyncio.sleep(0.3)
            if self._synced and not self.wishes.has_open(closed=True):
                self.leave()

    def _page(self) -> dict[str, str]:
        return {"url": f"{self.origin}/page", "title": self.talk.dialogue.id, "referrer": ""}
