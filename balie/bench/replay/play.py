"""The play itself: visitors come at a rate, robots answer, until every chat is settled."""

import asyncio
import contextlib
import sys
from collections import Counter
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from balie.bench.replay.aftermath import LIMIT_S, wait_until_done
from balie.bench.replay.faults import JUMP_S
from balie.bench.replay.kills import Kills
from balie.bench.replay.robots.dialogue_state import Talk
from balie.bench.replay.robots.dialogues import Dialogue
from balie.bench.replay.robots.operator import Robot
from balie.bench.replay.robots.visitor import VisitorRobot
from balie.bench.replay.setup import Stage
from tenants.context import run_in

# A chat may take this much longer than its dialogue before the replay gives up on it: after a crash of a server on a
# busy machine all chats wait at once.
PATIENCE_S = 300.0
ROBOTS_READY_S = 60.0
TELL_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class ReplayPace:
    """`rate` chats a minute of wall-clock time; the dialogues' own times are divided by `speed`."""

    rate: float
    speed: float


@dataclass(slots=True)
class PlayOutcome:
    """What the clients saw."""

    talks: list[Talk]
    seen: Counter[str]
    seconds: float = 0.0
    # Whether all that follows from the chats was there in time.
    done: bool = False


async def play(
    dialogues: list[Dialogue],
    stage: Stage,
    *,
    base_url: str,
    cookie: str,
    pace: ReplayPace,
    kills: Kills | None = None,
) -> PlayOutcome:
    """Play every dialogue to its end.

    Args:
        base_url: where the web process answers, such as http://127.0.0.1:8000.
        cookie: the name of the session's cookie there.
        kills: what is killed meanwhile, and until all that follows from the chats is done.

    Raises:
        TimeoutError: the robots' consoles could not be opened, or a killed part didn't come back.
    """
    loop = asyncio.get_running_loop()
    stands = stage.stands
    talks = [
        Talk(number, dialogue, stands[number % len(stands)].site_key)
        for number, dialogue in enumerate(dialogues)
    ]
    outcome = PlayOutcome(talks, Counter())
    robots = _robots(stage, talks, base_url, cookie, pace, outcome.seen)
    running = [asyncio.create_task(robot.run()) for robot in robots]
    teller = asyncio.create_task(_tell(outcome))
    try:
        async with asyncio.timeout(ROBOTS_READY_S):
            await asyncio.gather(*(robot.ready.wait() for robot in robots))
        began = loop.time()
        killer = asyncio.create_task(_kill(kills, outcome))
        await asyncio.gather(
            *(
                _visit(talk, stage, base_url, pace, outcome.seen, began, bool(robots))
                for talk in talks
            )
        )
        outcome.seconds = loop.time() - began
        chats = [talk.chat_id for talk in talks if talk.chat_id is not None]
        outcome.done = await run_in(None, wait_until_done, stage, chats, limit_s=_patience_s(kills))
        killer.cancel()
        await _ended(killer)
    finally:
        for robot in robots:
            robot.leave()
        teller.cancel()
        await asyncio.wait(running, timeout=5) if running else None
    return outcome


async def _kill(kills: Kills | None, outcome: PlayOutcome) -> None:
    if kills is not None:
        begun = partial(_count_begun, outcome)
        await kills.run(chats=len(outcome.talks), begun=begun)


def _patience_s(kills: Kills | None) -> float:
    """A mail that was due by a clock that is put back waits for as long as it was put back."""
    names = kills.once if kills is not None else ()
    jumps = any(name.endswith(("-ahead", "-behind")) for name in names)
    return LIMIT_S + (JUMP_S if jumps else 0)


async def _ended(killer: asyncio.Task[None]) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await killer


def _count_begun(outcome: PlayOutcome) -> int:
    return sum(talk.chat_id is not None for talk in outcome.talks)


def _robots(
    stage: Stage,
    talks: list[Talk],
    base_url: str,
    cookie: str,
    pace: ReplayPace,
    seen: Counter[str],
) -> list[Robot]:
    first_texts = {talk.ids[0]: talk for talk in talks}
    return [
        Robot(
            first_texts,
            speed=pace.speed,
            url=f"{_socket_url(base_url)}/ws/console/",
            origin=base_url,
            headers={"Cookie": f"{cookie}={session}"},
            seen=seen,
        )
        for session in stage.sessions
    ]


async def _visit(
    talk: Talk,
    stage: Stage,
    base_url: str,
    pace: ReplayPace,
    seen: Counter[str],
    began: float,
    staffed: bool,
) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(max(0.0, began + talk.number * 60.0 / pace.rate - loop.time()))
    stand = stage.stands[talk.number % len(stage.stands)]
    visitor = VisitorRobot(
        talk,
        speed=pace.speed,
        url=f"{_socket_url(base_url)}/ws/widget/{stand.site_key}/",
        origin=stand.origin,
        headers={},
        seen=seen,
    )
    length = sum(turn.gap_s for turn in talk.dialogue.turns) / pace.speed
    try:
        async with asyncio.timeout(length + PATIENCE_S):
            await visitor.live()
            # An early one is gone now; the robot ends its chat.
            if staffed and not talk.refused:
                await talk.settled.wait()
    except TimeoutError:
        seen["given_up"] += 1


async def _tell(outcome: PlayOutcome) -> None:
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        begun = _count_begun(outcome)
        settled = sum(talk.settled.is_set() for talk in outcome.talks)
        print(
            f"{begun} begun, {settled} settled, {dict(outcome.seen)}", file=sys.stderr, flush=True
        )


def _socket_url(base_url: str) -> str:
    parts = urlsplit(base_url)
    scheme = {"http": "ws", "https": "wss"}[parts.scheme]
    return f"{scheme}://{parts.netloc}"
