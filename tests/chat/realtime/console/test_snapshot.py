"""Snapshot plus events is a fresh snapshot: for the console that acts, for one that looks on, and for the visitor.

The stories of `stories` are judged twice: by `replica` here, and by the clients' own reducers in
tests/js/replay/replay.test.mjs.
"""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chat.realtime.desk import PATIENCE, Socket, console_socket, operator, visitor
from tests.chat.realtime.replica import Frame, console_after, panel_after, seen_by_visitor
from tests.chat.realtime.scene import new_id
from tests.chat.realtime.stage import Stage, Story
from tests.chat.realtime.stories import STORIES
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("live")

GREETING = "Hoi van Acme Schoenen!"


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for the stories as they were told, which the clients' own reducers replay when all are there.

    One start of Node judges them all: 0.2 s of processor time, once and not for each story.
    """
    folder = tmp_path_factory.mktemp("scenarios")
    yield folder
    _replay_in_javascript(folder)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_snapshot_and_events_are_a_fresh_snapshot(story: Story, scenarios: Path):
    alice, _ = await operator()
    marieke, welcome = await visitor()
    stage = Stage(alice, marieke, welcome["token"])
    telling = story(stage)
    await anext(telling)

    # Alice's and, where the story has one, her colleague's: who acts, and another console of theirs that looks on.
    acting = {"alice": alice, "bob": stage.bob} if stage.bob else {"alice": alice}
    watching = {name: await _read_only(name) for name in acting}
    others = [*acting.values(), marieke]
    snapshots0 = {name: await _settled(one, others) for name, one in watching.items()}
    second, welcome0 = await _another_tab(stage)
    listeners = [*others, *watching.values(), second]
    marks = {one: len(one.story) for one in listeners}
    assert [step async for step in telling] == []

    for name, actor in acting.items():
        snapshot1 = await _settled(await _read_only(name), listeners)
        looked_on = [event for event in _since(marks, watching[name]) if "sent" not in event]
        for part, events in (("acting", _since(marks, actor)), ("watching", looked_on)):
            facts = {"snapshot0": snapshots0[name], "events": events, "snapshot1": snapshot1}
            _write(scenarios, f"{story.__name__}-{name}-{part}", **facts)
            expected = console_after(snapshot1, [])
            assert console_after(snapshots0[name], events) == expected, (name, part)
    welcome1 = (await _another_tab(stage))[1]
    told = {one: _since(marks, one) for one in (marieke, second)}
    for name, events in (("first-tab", told[marieke]), ("second-tab", told[second])):
        if name == "second-tab" and welcome0["chat"] is None:
            continue  # it says hello with no chat to follow; its next beat brings it
        _write(scenarios, f"{story.__name__}-{name}", welcome0=welcome0, events=events, welcome1=welcome1)
        assert panel_after(welcome0, events, GREETING) == seen_by_visitor(welcome1["chat"]), name


async def _read_only(name: str) -> Socket:
    """Return a further console of an operator, which has not said hello yet."""
    console = await console_socket(f"{name}@balie.test")
    await console.connect()
    return console


def _since(marks: dict[Socket, int], socket: Socket) -> list[Frame]:
    """Return what a socket was told, and sent, since the story's beginning."""
    return _told(socket.story[marks[socket] :])


async def _settled(asked: Socket, listeners: list[Socket]) -> Frame:
    """Return a snapshot for `asked`, taken while nobody hears anything new: no event is half on its way."""
    async with asyncio.timeout(PATIENCE):
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
    """Return a story without the questions that only looked whether all of it had come."""
    asked = ("texts.get", "hello_again", "hello")
    return [
        step
        for step in story
        if step.get("sent", {}).get("type") not in asked
        and step.get("code") not in ("not_found", "bad_frame")
        and step.get("type") not in ("snapshot", "welcome")
    ]


def _write(folder: Path, name: str, **story: Any) -> None:
    (folder / f"{name}.json").write_text(json.dumps(story))


def _replay_in_javascript(folder: Path) -> None:
    path = f"{ROOT / '.venv' / 'node'}{os.pathsep}{os.environ['PATH']}"
    node = shutil.which("node", path=path)
    assert node, "no node here: the clients' own reducers can't be asked"
    done = subprocess.run(
        [node, "tests/js/replay/replay.test.mjs"],
        cwd=ROOT,
        env={**os.environ, "BALIE_SCENARIOS": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
