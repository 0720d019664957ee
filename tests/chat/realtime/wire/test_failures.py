"""Failures of ours: each closes the socket with a code, so that its client comes back. A text's length never does."""

import asyncio
import gc
import json
import logging
from collections import Counter
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import DataError

from agency.live import switchboard
from agency.live.outlet import FAILED, TOO_SLOW, UNSENT_LIMIT, Outlet
from agency.models import Seat
from chat.domain import frames
from chat.realtime.commands import COMMANDS
from chat.realtime.direct import DirectConsumer
from chat.realtime.widget import longpoll
from tests import cast
from tests.chat.realtime.desk import PATIENCE, operator, visitor
from tests.chat.realtime.refusals import widget
from tests.chat.realtime.scene import new_id


class Line:
    """The server's side of a socket: keeps what is sent, and fails or waits as it is told."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.failure: Exception | None = None
        self.free = asyncio.Event()
        self.free.set()
        self.outlet = Outlet(self._send)

    async def _send(self, message: dict[str, Any]) -> None:
        await self.free.wait()
        if self.failure is not None and message["type"] == "websocket.send":
            raise self.failure
        self.sent.append(message)

    async def over(self) -> list[dict[str, Any]]:
        """Everything that was sent, once nothing is under way."""
        while self.outlet.task is not None and not self.outlet.task.done():
            await asyncio.wait([self.outlet.task], timeout=PATIENCE)
        return self.sent


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_send_that_fails_is_logged_and_closes(at_once: bool, caplog: pytest.LogCaptureFixture) -> None:
    line = Line()
    line.failure = RuntimeError("no frame of this size")
    if not at_once:
        line.free.clear()
    line.outlet.push("x")
    line.free.set()
    assert await line.over() == [{"type": "websocket.close", "code": FAILED}]
    assert line.outlet.closed
    assert [record.message for record in caplog.records] == ["sending failed"]


@pytest.mark.parametrize(
    "gone",
    [
        ConnectionResetError(),
        RuntimeError("Unexpected ASGI message 'websocket.send', after sending 'websocket.close'."),
    ],
)
async def test_an_end_that_is_gone_is_no_failure(gone: Exception, caplog: pytest.LogCaptureFixture) -> None:
    line = Line()
    line.failure = gone
    line.outlet.push("x")
    line.outlet.push("y")
    assert await line.over() == []
    assert line.outlet.closed
    assert caplog.records == []


async def test_one_text_of_any_length_waits_and_goes() -> None:
    line = Line()
    line.free.clear()
    large = "x" * (3 * UNSENT_LIMIT)
    for text in ("first", "small", large):
        line.outlet.push(text)
    line.free.set()
    assert [message["text"] for message in await line.over()] == ["first", "small", large]


async def test_an_end_that_does_not_read_is_cut_by_what_waits() -> None:
    line = Line()
    line.free.clear()
    for text in ("first", "x" * (UNSENT_LIMIT + 1), "one more"):
        line.outlet.push(text)
    line.free.set()
    assert await line.over() == [{"type": "websocket.close", "code": TOO_SLOW}]


@pytest.mark.usefixtures("live")
async def test_a_long_poll_takes_one_text_of_any_length(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(socket: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            pass

    monkeypatch.setattr(longpoll, "_consumer", silent)
    session = longpoll.Session({"path": "/", "headers": []}, "0" * 32)
    large = "x" * (3 * UNSENT_LIMIT)
    for text in ("small", large):
        await session._send({"type": "websocket.send", "text": text})
    answer = await session.give_out(0)
    assert (answer.frames, answer.closed) == (["small", large], None)
    for text in (large, "one more"):
        await session._send({"type": "websocket.send", "text": text})
    assert (await session.give_out(0)).closed == TOO_SLOW
    await asyncio.wait_for(session._task, PATIENCE)


@pytest.mark.usefixtures("live")
async def test_an_exception_after_good_frames_closes_the_socket(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    marieke, _ = await visitor()
    await marieke.send(type="beat")
    await marieke.hear("beat")
    monkeypatch.setitem(COMMANDS, frames.VisitorBeat, _fail)
    await marieke.send(type="beat")
    assert await marieke.hear_close() == FAILED
    assert "socket failed" in [record.message for record in caplog.records]


async def _fail(*_args: Any) -> None:
    raise LookupError("a fault of ours")


@pytest.mark.usefixtures("live")
async def test_what_the_database_refuses_is_said_and_the_socket_lives(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refused(*_args: Any, **_facts: Any) -> None:
        raise DataError("value out of range")

    alice, _ = await operator()
    monkeypatch.setattr("chat.realtime.console.seat_commands.run_in", refused)
    client_id = new_id()
    await alice.send(type="seat.pause", client_id=client_id, on=True, reason="lunch")
    assert (await alice.hear("error"))["code"] == "refused"
    monkeypatch.undo()
    await alice.send(type="seat.pause", client_id=client_id, on=True, reason="lunch")
    await alice.hear("ack", client_id=client_id)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.usefixtures("live")
async def test_a_nul_in_the_reason_of_a_break_is_cleaned_away() -> None:
    alice, _ = await operator()
    client_id = new_id()
    frame = {"type": "seat.pause", "client_id": client_id, "on": True, "reason": "lun\x00ch"}
    await alice.send_raw(json.dumps(frame))
    await alice.hear("ack", client_id=client_id)
    seat = await sync_to_async(Seat.objects.get)(operator__user__email="alice@balie.test")
    assert seat.pause_reason.replace(" ", "") == "lunch"


@pytest.mark.usefixtures("live")
async def test_a_socket_that_left_leaves_nothing_behind() -> None:
    """Not even where it was cut in the middle of a word. At full size: tests/balie/bench/test_connections.py."""
    await _come_and_go()
    before = _kept()
    for _ in range(3):
        await _come_and_go()
    assert _kept() == before


async def _come_and_go() -> None:
    marieke, _ = await visitor()
    await marieke.send(type="message.post", client_id=new_id(), body="Hoi")
    await marieke.leave()
    silent = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
    await silent.connect()
    await silent.leave()
    alice, _ = await operator()
    await alice.leave()


def _kept() -> tuple[int, int, int]:
    """How many sockets, outlets and addresses the process holds on to."""
    gc.collect()
    kept = Counter(type(one) for one in gc.get_objects())
    sockets = sum(count for kind, count in kept.items() if isinstance(kind, type) and issubclass(kind, DirectConsumer))
    return sockets, kept[Outlet], len(switchboard._sockets)
