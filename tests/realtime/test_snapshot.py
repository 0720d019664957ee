"""Snapshot plus events is a fresh snapshot: for the console that acts, for one that looks on, and for the visitor.

Each story is a generator: what it does before its `yield` is there already, what it does after it must be told by events.
The stories are judged twice: by `replica` here, and by the clients' own reducers in tests/js/replay.test.mjs.
"""

import asyncio
import json
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from agency.models import PoolEntry
from chat.services import assignment, lifecycle
from tenants.context import run_in
from tests import cast
from tests.conftest import ROOT
from tests.realtime.desk import Socket, console_socket, operator, say, take, visitor
from tests.realtime.replica import Frame, console_after, panel_after, seen_by_visitor
from tests.realtime.scene import new_id

pytestmark = pytest.mark.usefixtures("live")

PAGE = {"url": "https://shop.acme.example/maattabel", "title": "Maattabel", "referrer": ""}
GREETING = "Hoi van Acme Schoenen!"
# A read mark is written within a second; a busy machine takes longer.
WRITTEN_WITHIN_S = 10


@dataclass(slots=True)
class Stage:
    """Alice's console, which holds the seat, and a visitor."""

    alice: Socket
    marieke: Socket
    token: str
    chat_id: str = ""

    async def begin(self) -> None:
        """The visitor's first message; it rings at Alice's."""
        self.chat_id = (await say(self.marieke, "Valt de Veluwe klein?"))["chat_id"]
        await self.ring()

    async def ring(self) -> None:
        """Wait for the offer, and leave it to whoever accepts."""
        self.alice.kept.insert(0, await self.alice.hear("offer.made"))

    async def open(self) -> None:
        """The same, and Alice has it."""
        await self.begin()
        await take(self.alice)
        await self.marieke.hear("message.posted")

    async def answer(self, body: str = "Een halve maat.", **more: Any) -> Frame:
        """A text of Alice's, with the fence she sees."""
        entry = await self.entry()
        return await say(self.alice, body, chat_id=self.chat_id, fence=entry.fence, **more)

    async def command(self, kind: str, **more: Any) -> None:
        """A command of Alice's on the chat, and its ack."""
        entry, client_id = await self.entry(), new_id()
        await self.alice.send(
            type=kind, chat_id=self.chat_id, fence=entry.fence, client_id=client_id, **more
        )
        await self.alice.hear("ack", client_id=client_id)

    async def pause(self, on: bool) -> None:
        """Begin or end Alice's break."""
        client_id = new_id()
        await self.alice.send(type="seat.pause", client_id=client_id, on=on, reason="lunch")
        await self.alice.hear("ack", client_id=client_id)

    async def end_by_visitor(self) -> None:
        """The visitor ends the chat."""
        client_id = new_id()
        await self.marieke.send(type="chat.close", client_id=client_id)
        await self.marieke.hear("ack", client_id=client_id)

    async def entry(self) -> PoolEntry:
        """The chat's live facts as they are stored."""
        return await PoolEntry.objects.aget(pk=self.chat_id)


Story = Callable[[Stage], AsyncIterator[None]]


async def first_message(stage: Stage) -> AsyncIterator[None]:
    yield
    await stage.begin()


async def declined(stage: Stage) -> AsyncIterator[None]:
    await stage.begin()
    yield
    await stage.command("offer.decline", reason="busy")


async def expired(stage: Stage) -> AsyncIterator[None]:
    await stage.begin()
    yield
    await _sweep(assignment.expire_offers, 11)


async def accepted(stage: Stage) -> AsyncIterator[None]:
    await stage.begin()
    yield
    await stage.command("offer.accept")


async def texts_both_ways(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.answer()
    await say(stage.marieke, "Dank je!")
    await say(stage.marieke, "En in blauw?")
    await stage.answer("Ook in blauw.")


async def note(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.answer("Vraagt vaker naar maten", note=True)


async def read_both_ways(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    seq = (await stage.answer())["seq"]
    yield
    await stage.marieke.send(type="read", seq=seq)
    await stage.alice.send(type="read", chat_id=stage.chat_id, seq=seq)
    deadline = time.monotonic() + WRITTEN_WITHIN_S
    while True:
        entry = await stage.entry()
        if (entry.operator_read, entry.visitor_read) == (seq, seq):
            return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def typing_both_ways(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.marieke.send(type="typing", on=True)
    await stage.alice.send(type="typing", chat_id=stage.chat_id, on=True)
    await stage.alice.hear("typing")
    await stage.marieke.hear("typing")


async def another_page(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.marieke.send(type="page.view", page=PAGE)
    await stage.alice.hear("message.posted")


async def back_on_another_page(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    again, _ = await visitor(token=stage.token, chat_id=stage.chat_id, page=PAGE)
    await stage.alice.hear("message.posted")
    await say(again, "Hier ben ik weer")


async def closed_and_wrapped_up(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.answer()
    yield
    await stage.command("chat.close")
    await stage.command("chat.wrap_up", outcome="resolved")


async def closed(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.command("chat.close")


async def wrapped_up_while_open(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.command("chat.wrap_up", outcome="spam")


async def wrap_up_ran_out(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.command("chat.close")
    yield
    await _sweep(lifecycle.end_wrap_ups, 121)


async def handed_back(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.command("chat.requeue")


async def ended_by_visitor(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.end_by_visitor()


async def ended_by_visitor_while_it_rings(stage: Stage) -> AsyncIterator[None]:
    await stage.begin()
    yield
    await stage.end_by_visitor()


async def silent_visitor(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.answer()
    yield
    assert await _sweep(lifecycle.remind_silent, 241) == 1
    assert await _sweep(lifecycle.close_idle, 601) == 1


async def left_before_an_answer(stage: Stage) -> AsyncIterator[None]:
    await stage.begin()
    yield
    assert await _sweep(lifecycle.close_left, 60) == 1


async def on_a_break(stage: Stage) -> AsyncIterator[None]:
    yield
    await stage.pause(on=True)


async def off_the_break(stage: Stage) -> AsyncIterator[None]:
    await stage.pause(on=True)
    yield
    await stage.pause(on=False)


async def lost_lease(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    zara, _ = await visitor(cast.ZEN_SITE, cast.ZEN_ORIGIN)
    await say(zara, "Wat kost stroom?")
    await stage.ring()
    yield
    assert await _sweep(assignment.requeue_lost_seats, 16) == 2


async def a_whole_day(stage: Stage) -> AsyncIterator[None]:
    """Two companies' chats at once, with everything that happens in one."""
    zara, _ = await visitor(cast.ZEN_SITE, cast.ZEN_ORIGIN)
    zen = (await say(zara, "Wat kost stroom?"))["chat_id"]
    zen_fence = (await take(stage.alice))["entry"]["fence"]
    yield
    await stage.open()
    await stage.answer()
    await say(stage.alice, "Dat hangt ervan af.", chat_id=zen, fence=zen_fence)
    await stage.marieke.send(type="page.view", page=PAGE)
    await say(zara, "Waarvan?")
    await stage.answer("Let op: vaste klant", note=True)
    await say(stage.marieke, "Ik zie de maattabel")
    await stage.pause(on=True)
    await stage.end_by_visitor()
    await stage.command("chat.wrap_up", outcome="lead")
    await stage.pause(on=False)


STORIES: list[Story] = [
    first_message, declined, expired, accepted, texts_both_ways, note, read_both_ways,
    typing_both_ways, another_page, back_on_another_page, closed, closed_and_wrapped_up,
    wrapped_up_while_open, wrap_up_ran_out, handed_back, ended_by_visitor,
    ended_by_visitor_while_it_rings, silent_visitor, left_before_an_answer, on_a_break,
    off_the_break, lost_lease, a_whole_day,
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_snapshot_and_events_are_a_fresh_snapshot(story: Story, tmp_path: Path):
    alice, _ = await operator()
    marieke, welcome = await visitor()
    stage = Stage(alice, marieke, welcome["token"])
    telling = story(stage)
    await anext(telling)

    watcher = await console_socket("alice@balie.test")
    await watcher.connect()
    snapshot0 = await _settled(watcher, [alice, marieke])
    second, welcome0 = await _another_tab(stage)
    marks = {one: len(one.story) for one in (alice, marieke, watcher, second)}
    assert [step async for step in telling] == []

    third = await console_socket("alice@balie.test")
    await third.connect()
    snapshot1 = await _settled(third, [alice, marieke, watcher, second])
    welcome1 = (await _another_tab(stage))[1]
    told = {one: _told(one.story[mark:]) for one, mark in marks.items()}
    looked_on = [event for event in told[watcher] if "sent" not in event]
    for name, events in (("acting", told[alice]), ("watching", looked_on)):
        _write(tmp_path, name, snapshot0=snapshot0, events=events, snapshot1=snapshot1)
        assert console_after(snapshot0, events) == console_after(snapshot1, []), name
    for name, events in (("first-tab", told[marieke]), ("second-tab", told[second])):
        if name == "second-tab" and welcome0["chat"] is None:
            continue  # it says hello with no chat to follow; its next beat brings it
        _write(tmp_path, name, welcome0=welcome0, events=events, welcome1=welcome1)
        assert panel_after(welcome0, events, GREETING) == seen_by_visitor(welcome1["chat"]), name
    _replay_in_javascript(tmp_path)


async def _settled(asked: Socket, listeners: list[Socket]) -> Frame:
    """A snapshot for `asked`, taken while nobody hears anything new: no event is half on its way."""
    while True:
        before = [await _heard(one) for one in listeners]
        await asked.send(type="hello", take_seat=False)
        snapshot = await asked.hear("snapshot")
        if [await _heard(one) for one in listeners] == before:
            return snapshot


async def _heard(socket: Socket) -> int:
    """How much this socket was told until now."""
    await _idle(socket)
    return len(_told(socket.story))


async def _idle(socket: Socket) -> None:
    """Everything that was said to this socket so far is here: its answer to a question comes behind it.

    The question is one whose answer changes nothing that is compared.
    """
    if socket.communicator.scope["path"] == "/ws/console/":
        await socket.send(type="texts.get", company_id=new_id())
        await socket.hear("error", code="not_found")
    else:
        await socket.send(type="hello_again")
        await socket.hear("error", code="bad_frame")


async def _another_tab(stage: Stage) -> tuple[Socket, Frame]:
    more = {"chat_id": stage.chat_id} if stage.chat_id else {}
    return await visitor(token=stage.token, **more)


def _told(story: list[Frame]) -> list[Frame]:
    """A story without the questions that only looked whether all of it had come."""
    asked = ("texts.get", "hello_again", "hello")
    return [
        step
        for step in story
        if step.get("sent", {}).get("type") not in asked
        and step.get("code") not in ("not_found", "bad_frame")
        and step.get("type") not in ("snapshot", "welcome")
    ]


async def _sweep(step: Callable[..., int], seconds: float) -> int:
    """One step of the dispatcher, this many seconds from now."""
    return await run_in(None, step, now=timezone.now() + timedelta(seconds=seconds))


def _write(folder: Path, name: str, **story: Any) -> None:
    (folder / f"{name}.json").write_text(json.dumps(story))


def _replay_in_javascript(folder: Path) -> None:
    path = f"{ROOT / '.venv' / 'node'}{os.pathsep}{os.environ['PATH']}"
    node = shutil.which("node", path=path)
    assert node, "no node here: the clients' own reducers can't be asked"
    done = subprocess.run(
        [node, "tests/js/replay.test.mjs"],
        cwd=ROOT,
        env={**os.environ, "BALIE_SCENARIOS": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
