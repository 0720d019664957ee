"""The socket of a test chat: a robot that talks the visitor's wire, in this process and nowhere else.

It takes the same frames as a visitor's socket (chat/realtime/widget/) and answers with the same events, but nothing of
it is stored: no row, no count, no line to anybody. It ends with its socket, and a new one begins anew.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs
from uuid import UUID

from agency.live.outlet import TOO_FAST
from chat.domain import events, frames
from chat.domain.trial import MESSAGES, NAME
from chat.realtime import auth
from chat.realtime.clean_input import checked
from chat.realtime.direct import FORBIDDEN, SIGNED_OUT, UNKNOWN, DirectConsumer, Refused
from chat.realtime.trial_talk import TrialTalk, shown
from chat.services.trial import CannotTry, Trial, find_trial, note_tested, read_greeting
from tenants import clock, memory
from tenants.context import run_in

# Of a process and of a company at once, and seconds of each: what a test needs, in 15 MB at the most if all are
# MESSAGES texts of 4,000 characters. So much is one page of a chat, too, and is never cut into several.
MOST, MOST_OF_COMPANY, LASTS = 50, 5, 600.0
# A socket goes so long after its chat must be over, so that nobody keeps a place by saying nothing.
_RESTS = 60.0
# Seconds until the robot types, and until each of its texts: under the 2 s that somebody waits for it.
_TYPES, _WRITES = 0.3, 0.6
# Not the visitor's own token, which would be kept: whoever comes back with it had a test chat before.
_TOKEN = "test"  # noqa: S105 -- no secret, and good for nothing


_open: set["TrialSocket"] = memory.keep(set())
# The test chats that were open when their socket went, by id.
_lost: dict[UUID, bool] = memory.bounded(1_000)


class TrialSocket(DirectConsumer):
    """One who tries a site's chat."""

    trial: Trial
    talk: TrialTalk | None = None
    greeted_once = False
    closing: asyncio.TimerHandle | None = None
    # Whether a test chat of theirs was lost with the socket before.
    lost = False

    async def enter(self, scope: dict[str, Any]) -> None:
        key = scope["url_route"]["kwargs"]["site_key"]
        token, origin = asked_token(scope), auth.header(scope, b"origin").lower()
        try:
            self.trial = await run_in(None, find_trial, key=key, token=token, origin=origin)
        except CannotTry as problem:
            # Not 4401, after which a page would come again: nothing gets better by itself.
            raise Refused(problem.code, UNKNOWN if problem.code == "unknown_site" else FORBIDDEN) from None
        ours = sum(other.trial.company.pk == self.trial.company.pk for other in _open)
        if len(_open) >= MOST or ours >= MOST_OF_COMPANY:
            raise Refused("too_many", TOO_FAST)
        self.timers: set[asyncio.TimerHandle] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        _open.add(self)

    def leave(self) -> None:
        _open.discard(self)
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()
        if self.closing is not None:
            self.closing.cancel()
        if self.talk is not None and self.talk.state == "open":
            _lost[self.talk.id] = True
        self.talk = None

    def parse(self, raw: str) -> frames.VisitorFrame:
        return frames.parse_visitor(raw)

    async def handle(self, frame: frames.VisitorFrame) -> None:
        if not isinstance(frame, frames.VisitorHello) and not self.greeted_once:
            raise Refused("hello_first", SIGNED_OUT)
        await ANSWERS[type(frame)](self, frame)

    def open_talk(self, chat_id: UUID | None = None) -> TrialTalk:
        """Return the chat there is. Raises Refused: not_found, chat_closed."""
        if self.talk is None or (chat_id is not None and chat_id != self.talk.id):
            raise Refused("not_found")
        return self.talk

    def add(self, kind: str, side: str, body: str = "", **more: Any) -> events.WireMessage:
        """Put one line under the chat."""
        talk = self.open_talk()
        name = NAME if side == "operator" and kind == "text" else ""
        line = events.WireMessage(talk.last_seq + 1, kind, side, name, body, clock.now(), **more)
        talk.messages.append(line)
        return line

    def post(self, kind: str, side: str, body: str = "", **more: Any) -> None:
        """Put one line under the chat and tell it."""
        self.say(events.MessagePosted(self.open_talk().id, self.add(kind, side, body, **more)))

    def keep_place(self) -> None:
        """Let the socket go once a chat that begins now must be over, and never before."""
        if self.closing is not None:
            self.closing.cancel()
        # For good, or the page would come back by itself and hold a place again.
        self.closing = asyncio.get_running_loop().call_later(LASTS + _RESTS, self.outlet.close, FORBIDDEN)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do it then, unless the socket is gone or the chat over."""

        def unless_over() -> None:
            self.timers.discard(timer)
            if self.talk is not None and self.talk.state == "open":
                act()

        timer = asyncio.get_running_loop().call_later(seconds, unless_over)
        self.timers.add(timer)

    def answer(self, *lines: str) -> None:
        """Let the robot read, type and write these texts, or end a chat that has no room for them."""
        talk = self.open_talk()
        if talk.last_seq + talk.due >= MESSAGES - 4:
            self.finish()
            return
        talk.due += len(lines)
        self.say(events.Read(talk.id, "operator", talk.last_seq))
        self.later(_TYPES, lambda: self.say(events.Typing(talk.id, NAME, True)))
        for nth, line in enumerate(lines, start=1):
            self.later(_WRITES * nth, lambda line=line: self._write(line))  # type: ignore[misc]

    def _write(self, line: str) -> None:
        talk = self.open_talk()
        talk.due -= 1
        self.post("text", "operator", line)
        if not talk.answered:
            talk.answered = True
            noting = run_in(None, note_tested, self.trial.site.company_id, clock.now())
            task = asyncio.get_running_loop().create_task(noting)
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def finish(self) -> None:
        """End the chat for the robot."""
        self.post("text", "operator", self.trial.robot.end())
        self.close("operator")

    def close(self, by: str) -> events.WireMessage:
        """End the chat."""
        line = self.add("system", "system", data={"code": "closed", "by": by})
        self.open_talk().state = "closed"
        if by != "visitor":
            self.say(events.MessagePosted(self.open_talk().id, line))
        return line


_Answer = Callable[[TrialSocket, Any], Awaitable[None]]
_A = TypeVar("_A", bound=_Answer)
# One function for each frame of a visitor: tests/chat/realtime/widget/test_trial.py holds it to the list of them.
ANSWERS: dict[type[frames.VisitorFrame], _Answer] = {}


def asked_token(scope: dict[str, Any]) -> str:
    """Return the sign of a test chat in the query, "" for none."""
    query = scope.get("query_string") or b""
    return parse_qs(query.decode("latin-1")).get("test", [""])[0] if query else ""


def _answers(kind: type[frames.VisitorFrame]) -> Callable[[_A], _A]:
    def listed(function: _A) -> _A:
        ANSWERS[kind] = function
        return function

    return listed


@_answers(frames.VisitorHello)
async def _hello(trying: TrialSocket, frame: frames.VisitorHello) -> None:
    trying.greeted()
    if not trying.greeted_once:
        trying.keep_place()
    trying.greeted_once = True
    trying.lost = trying.talk is None and frame.chat_id in _lost
    offered = events.Availability("chat", trying.trial.promise_seconds)
    trying.say(events.Welcome(_TOKEN, clock.now(), offered, shown(trying.talk, trying.trial.promise_seconds)))


@_answers(frames.VisitorPost)
async def _take_text(trying: TrialSocket, frame: frames.VisitorPost) -> None:
    body = checked(frame.body)
    talk = trying.talk
    if talk is not None and talk.state == "closed":
        raise Refused("chat_closed")
    known = next((line for line in talk.messages if line.client_id == frame.client_id), None) if talk else None
    if talk is not None and known is not None:
        if known.body != body:
            raise Refused("conflict")
        trying.say(events.Ack(frame.client_id, known.seq, talk.id, known.at))
        return
    begins = talk is None
    if talk is None:
        greeting = await run_in(
            None,
            read_greeting,
            trying.trial,
            url=frame.page.url if frame.page else "",
            shown=frame.greeting_id,
        )
        talk = trying.talk = TrialTalk(uuid.uuid4(), clock.now())
        trying.keep_place()
        trying.later(LASTS, trying.finish)
        if greeting:
            trying.add("auto", "operator", greeting)
    line = trying.add("text", "visitor", body, client_id=frame.client_id)
    trying.say(events.Ack(frame.client_id, line.seq, talk.id, line.at))
    if begins:
        trying.post("system", "system", data={"code": "accepted", "name": NAME})
        trying.answer(*trying.trial.robot.greet(again=trying.lost))
    else:
        trying.answer(trying.trial.robot.echo(body))


@_answers(frames.VisitorBeat)
async def _beat(trying: TrialSocket, frame: frames.VisitorBeat) -> None:
    talk = trying.talk
    trying.say(events.Beat(talk.last_seq, talk.state) if talk else events.Beat(0, "none"))


@_answers(frames.VisitorSync)
async def _sync(trying: TrialSocket, frame: frames.VisitorSync) -> None:
    talk = trying.open_talk()
    before = frame.before if frame.before is not None else talk.last_seq + 1
    found = [line for line in talk.messages if frame.after < line.seq < before]
    trying.say(events.ChatSynced(talk.id, found, talk.last_seq))


@_answers(frames.VisitorClose)
async def _close(trying: TrialSocket, frame: frames.VisitorClose) -> None:
    talk = trying.open_talk()
    seq = trying.close("visitor").seq if talk.state == "open" else None
    trying.say(events.Ack(frame.client_id, seq, talk.id))


@_answers(frames.QuestionPost)
async def _question(trying: TrialSocket, frame: frames.QuestionPost) -> None:
    """Take the form as a real one would be taken, and say that it goes nowhere."""
    trying.say(events.QuestionPosted(frame.client_id))
    if trying.talk is not None and trying.talk.state == "open":
        trying.answer(trying.trial.robot.take_question())


@_answers(frames.ChatRate)
async def _rate(trying: TrialSocket, frame: frames.ChatRate) -> None:
    talk = trying.open_talk(frame.chat_id)
    if talk.state != "closed":
        raise Refused("not_closed")
    talk.rating = events.WireRating(frame.good, frame.words)
    trying.say(events.Ack(frame.client_id, chat_id=talk.id))
    trying.say(events.ChatRated(talk.id, frame.good, frame.words))


@_answers(frames.TranscriptAsk)
async def _transcript(trying: TrialSocket, frame: frames.TranscriptAsk) -> None:
    """Nothing is kept of a test that could be mailed."""
    raise Refused("not_found")


@_answers(frames.VisitorTyping)
@_answers(frames.VisitorRead)
@_answers(frames.VisitorPage)
async def _pass_over(trying: TrialSocket, frame: frames.VisitorFrame) -> None:
    """Nobody looks on."""
