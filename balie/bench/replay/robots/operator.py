"""A robot operator: takes every offer, writes the operators' turns, closes and wraps up, over the console's protocol.

It knows no chat before the server shows it one. What to write next follows from the messages the chat holds, so any
robot carries on where a lost one stopped.
"""

import asyncio
import random
import uuid
from typing import Any

from balie.bench.replay.robots.client_socket import AGAIN, ANSWER_WITHIN_S, GAP_WAIT_S, ClientLine
from balie.bench.replay.robots.console_chat import RobotChat
from balie.bench.replay.robots.dialogue_state import Talk
from balie.bench.replay.robots.dialogues import OPERATOR
from balie.bench.replay.robots.plain_commands import Unanswered

RENEW_S = 5.0
# A real operator reads the visitor's last word before closing; the visitor's client hears ours meanwhile.
CLOSE_WAIT_S = 0.3


class Robot(ClientLine):
    """One operator with one console."""

    def __init__(self, talks: dict[str, Talk], *, speed: float, **line: Any) -> None:
        """`talks`: by the client id of their first text, shared by all robots."""
        super().__init__(**line)
        self.talks, self.speed = talks, speed
        self.held: dict[str, RobotChat] = {}
        self.offered: set[str] = set()
        self.ready = asyncio.Event()
        # Until when the server said that the seat is ours, each time it did.
        self.leases: list[str] = []
        self._epoch = 0
        self._unanswered = Unanswered()
        self._renewals: asyncio.TimerHandle | None = None
        self._refetching = False
        # Chats in wrap-up when the connection was lost: those the next snapshot lacks are settled.
        self._wrapping: dict[str, Talk] = {}
        self._loop = asyncio.get_running_loop()

    def hello(self) -> dict[str, Any]:
        return {"type": "hello", "take_seat": True}

    def went_down(self) -> None:
        for held in self.held.values():
            held.stop_timer()
        self._wrapping |= {
            held.chat_id: held.talk
            for held in self.held.values()
            if held.talk is not None and held.entry["state"] == "wrap_up"
        }
        self.held, self._refetching = {}, False
        self._unanswered.clear()
        self.offered.clear()
        if self._renewals is not None:
            self._renewals.cancel()

    def take(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        chat_id = frame.get("chat_id")
        held = self.held.get(chat_id) if chat_id else None
        if kind == "message.posted":
            if held is not None:
                self._hear(held, [frame["message"]], live=True)
        elif kind == "ack":
            self._acked(frame)
        elif kind == "error":
            self._refused(frame)
        elif kind == "offer.made":
            self._accept(frame["offer"])
        elif kind == "offer.gone":
            self.offered.discard(frame["chat_id"])
        elif kind == "chat.added":
            self._added(frame["chat"])
        elif kind == "chat.changed":
            changed = self.held.get(frame["entry"]["chat_id"])
            if changed is not None:
                self._changed(changed, frame["entry"])
        elif kind == "chat.removed":
            if held is not None:
                self._gone(held, settled=frame["reason"] == "settled")
        elif kind == "chat.synced":
            self._synced(frame)
        elif kind == "seat.renewed":
            self._renewed(frame)
        elif kind == "snapshot":
            self._shown(frame)
        elif kind == "seat.taken" and frame["epoch"] > self._epoch:
            self.seen["seat_taken"] += 1
            self.drop()

    def _shown(self, frame: dict[str, Any]) -> None:
        self.leases.append(frame["seat"]["lease_until"])
        if not self.up:
            self._epoch = frame["seat"]["epoch"]
            self.greeted()
            self.ready.set()
            self._renew()
            for chat_id in self._wrapping.keys() - {c["entry"]["chat_id"] for c in frame["chats"]}:
                self._wrapping[chat_id].settled.set()
            self._wrapping.clear()
        self._refetching = False
        for chat in frame["chats"]:
            self._added(chat)
        for offer in frame["offers"]:
            self._accept(offer)

    def _renew(self) -> None:
        self.send(type="seat.renew", epoch=self._epoch)
        now = self._loop.time()
        if self._unanswered.has_older_than(now - ANSWER_WITHIN_S):
            self.seen["no_answer"] += 1
            self.drop()
            return
        self._renewals = self._loop.call_later(RENEW_S, self._renew)
        for held in tuple(self.held.values()):
            self._step(held)

    def _renewed(self, frame: dict[str, Any]) -> None:
        self.leases.append(frame["seat"]["lease_until"])
        shown = {chat_id: rest for chat_id, *rest in frame["held"]}
        for chat_id, (state, fence, last_seq, *_) in shown.items():
            held = self.held.get(chat_id)
            differs = held is None or (
                (held.entry["state"], held.entry["fence"]) != (state, fence) or last_seq > held.transcript.upto
            )
            if differs:
                self.seen["fetched_after_renewal"] += 1
                self._sync(chat_id, after=held.transcript.upto if held else 0)
        for chat_id in self.held.keys() - shown.keys():
            # Perhaps gone, perhaps newer than this answer: asking tells.
            self._sync(chat_id, after=self.held[chat_id].transcript.upto)
        if set(frame["offers"]) - self.offered and not self._refetching:
            # An offer that we never heard of: its fence is in a new snapshot.
            self._refetching = True
            self.send(type="hello", take_seat=False)

    def _accept(self, offer: dict[str, Any]) -> None:
        chat_id = offer["chat_id"]
        if chat_id not in self.offered and chat_id not in self.held:
            self.offered.add(chat_id)
            self.send(
                type="offer.accept",
                chat_id=chat_id,
                fence=offer["fence"],
                client_id=str(uuid.uuid4()),
            )

    def _added(self, chat: dict[str, Any]) -> None:
        chat_id = chat["entry"]["chat_id"]
        self.offered.discard(chat_id)
        held = self.held.get(chat_id)
        if held is None:
            held = self.held[chat_id] = RobotChat(chat_id, chat["entry"])
        held.entry = chat["entry"]
        self._hear(held, chat["messages"], live=False)

    def _synced(self, frame: dict[str, Any]) -> None:
        chat_id, entry = frame["chat_id"], frame["entry"]
        held = self.held.get(chat_id)
        if held is None and entry is not None:
            held = self.held[chat_id] = RobotChat(chat_id, entry)
        if held is None:
            return
        held.asked = False
        if entry is None:
            self._gone(held, settled=held.entry["state"] == "wrap_up")
            return
        self._changed(held, entry)
        self._hear(held, frame["messages"], live=False)

    def _changed(self, held: RobotChat, entry: dict[str, Any]) -> None:
        if entry["fence"] != held.entry["fence"]:
            held.stop_timer()
        held.entry = entry
        self._step(held)

    def _gone(self, held: RobotChat, *, settled: bool) -> None:
        held.stop_timer()
        self.held.pop(held.chat_id, None)
        self._unanswered.forget(held)
        if settled and held.talk is not None:
            held.talk.settled.set()

    def _hear(self, held: RobotChat, messages: list[dict[str, Any]], *, live: bool) -> None:
        now = self._loop.time()
        for message in messages:
            if held.transcript.take(message):
                if held.talk is None:
                    held.talk = self.talks.get(message.get("client_id") or "")
                if held.talk is not None:
                    held.talk.heard(message, OPERATOR, now, live=live)
        if held.transcript.has_gap() and not held.asked:
            self._loop.call_later(GAP_WAIT_S, self._ask_if_gap, held)
        self._step(held)

    def _ask_if_gap(self, held: RobotChat) -> None:
        if held.transcript.has_gap() and self.held.get(held.chat_id) is held and not held.asked:
            held.asked = True
            self.seen["gap_fetched"] += 1
            self._sync(held.chat_id, after=held.transcript.upto)

    def _sync(self, chat_id: str, *, after: int) -> None:
        self.send(type="chat.sync", chat_id=chat_id, after=after)

    def _step(self, held: RobotChat) -> None:
        """Find what this chat needs next. Called after everything that changes it."""
        if held.command is not None or held.timer is not None or not self.up:
            return
        if held.chat_id not in self.held:
            return
        if held.entry["state"] == "wrap_up":
            self._command(held, "chat.wrap_up", outcome="resolved" if held.talk else "test")
            return
        talk = held.talk
        if talk is None:
            # Left over from a replay that was stopped.
            self._command(held, "chat.close")
            return
        turn = talk.next_turn(held.transcript)
        if turn == len(talk.ids):
            held.timer = self._loop.call_later(CLOSE_WAIT_S, self._close, held)
        elif talk.dialogue.turns[turn].role == OPERATOR:
            now = self._loop.time()
            wait = max(0.0, talk.due_at(turn, self.speed, now) - now)
            held.timer = self._loop.call_later(wait, self._post, held, turn)
        elif talk.visitor_gone:
            self._command(held, "chat.close")

    def _close(self, held: RobotChat) -> None:
        held.timer = None
        if held.command is None and held.entry["state"] == "open":
            self._command(held, "chat.close")

    def _post(self, held: RobotChat, turn: int) -> None:
        held.timer = None
        talk = held.talk
        if talk is None or held.command is not None or not self.up:
            return
        talk.sending(turn, self._loop.time())
        held.turn = turn
        self._command(
            held,
            "message.post",
            client_id=talk.ids[turn],
            body=talk.dialogue.turns[turn].text,
            note=False,
        )

    def _command(self, held: RobotChat, kind: str, **more: Any) -> None:
        client_id = self._unanswered.add(held, kind, more.pop("client_id", None), self._loop.time())
        self.send(
            type=kind,
            chat_id=held.chat_id,
            fence=held.entry["fence"],
            client_id=client_id,
            **more,
        )

    def _acked(self, frame: dict[str, Any]) -> None:
        answered = self._unanswered.take(frame["client_id"])
        if answered is None:
            return
        held, turn = answered
        if turn is not None and held.talk is not None:
            self._hear(held, [held.talk.ack(turn, frame["seq"], held.chat_id)], live=False)
        elif held.kind == "chat.wrap_up":
            self._gone(held, settled=True)
        else:
            # Closed: `chat.changed` came before this, or the next renewal shows it.
            self._step(held)

    def _refused(self, frame: dict[str, Any]) -> None:
        answered = self._unanswered.take(frame.get("client_id"))
        chat_id = frame.get("chat_id")
        if answered is None:
            if chat_id is not None:
                self.offered.discard(chat_id)
                held = self.held.get(chat_id)
                if held is not None and frame["code"] == "not_found":
                    self._gone(held, settled=held.entry["state"] == "wrap_up")
            return
        held, _ = answered
        if frame["code"] in AGAIN:
            held.timer = self._loop.call_later(random.uniform(0.3, 0.6), self._again, held)
        elif frame["code"] == "seat_taken":
            self.drop()
        else:
            self._sync(held.chat_id, after=held.transcript.upto)

    def _again(self, held: RobotChat) -> None:
        held.timer = None
        self._step(held)
