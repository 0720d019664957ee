"""The play itself: visitors come at a rate, robots answer, until every chat is settled."""

import asyncio
import contextlib
import sys
from collections import Counter
from dataclasses import dataclass, field
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
    """The pace of a replay: `rate` chats a minute of wall-clock time, the dialogues' own times divided by `speed`."""

    rate: float
    speed: float


@dataclass(frozen=True, slots=True)
class ReplayTarget:
    """Where the web process answers, such as http://127.0.0.1:8000, and the name of the session's cookie there."""

    base_url: str
    cookie: str

    @property
    def socket_url(self) -> str:
        """The same place for sockets."""
        parts = urlsplit(self.base_url)
        scheme = {"http": "ws", "https": "wss"}[parts.scheme]
        return f"{scheme}://{parts.netloc}"


@dataclass(slots=True)
class PlayOutcome:
    """The clients' own account of the replay."""

    talks: list[Talk]
    seen: Counter[str]
    seconds: float = 0.0
    # Whether all that follows from the chats was there in time.
    done: bool = False
    # Of each robot, until when it heard that its seat is held.
    leases: list[list[str]] = field(default_factory=list)


async def play(
    dialogues: list[Dialogue],
    stage: Stage,
    *,
    target: ReplayTarget,
    pace: ReplayPace,
    kills: Kills | None = None,
) -> PlayOutcome:
    """Play every dialogue to its end.

    Args:
        kills: what is killed meanwhile, and until all that follows from the chats is done.

    Raises:
        TimeoutError: the robots' consoles could not be opened, or a killed part didn't come back.
    """
    loop = asyncio.get_running_loop()
    talks = _talks(dialogues, stage)
    outcome = PlayOutcome(talks, Counter())
    robots = _robots(stage, target, pace, outcome)
    running = [asyncio.create_task(robot.run()) for robot in robots]
    teller = asyncio.create_task(_tell(outcome))
    try:
        async with asyncio.timeout(ROBOTS_READY_S):
            await asyncio.gather(*(robot.ready.wait() for robot in robots))
        began = loop.time()
        killer = asyncio.create_task(_kill(kills, outcome))
        visits = [_visit(talk, stage, target, pace, outcome.seen, began) for talk in talks]
        await asyncio.gather(*visits)
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


def _talks(dialogues: list[Dialogue], stage: Stage) -> list[Talk]:
    """The dialogues, divided over the sites in turn."""
    stands = stage.stands
    return [Talk(number, dialogue, stands[number % len(stands)].site_key) for number, dialogue in enumerate(dialogues)]


def _robots(stage: Stage, target: ReplayTarget, pace: ReplayPace, outcome: PlayOutcome) -> list[Robot]:
    first_texts = {talk.ids[0]: talk for talk in outcome.talks}
    robots = [
        Robot(
            first_texts,
            speed=pace.speed,
            url=f"{target.socket_url}/ws/console/",
            origin=target.base_url,
            headers={"Cookie": f"{target.cookie}={session}"},
            seen=outcome.seen,
        )
        for session in stage.sessions
    ]
    outcome.leases = [robot.leases for robot in robots]
    return robots


async def _visit(
    talk: Talk,
    stage: Stage,
    target: ReplayTarget,
    pace: ReplayPace,
    seen: Counter[str],
    began: float,
) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(max(0.0, began + talk.number * 60.0 / pace.rate - loop.time()))
    stand = stage.stands[talk.number % len(stage.stands)]
    visitor = VisitorRobot(
        talk,
        speed=pace.speed,
        url=f"{target.socket_url}/ws/widget/{stand.site_key}/",
        origin=stand.origin,
        headers={},
        seen=seen,
    )
    length = sum(turn.gap_s for turn in talk.dialogue.turns) / pace.speed
    try:
        async with asyncio.timeout(length + PATIENCE_S):
            await visitor.live()
            # An early one is gone now; the robot ends its chat.
            if stage.sessions and not talk.refused:
                await talk.settled.wait()
    except TimeoutError:
        seen["given_up"] += 1


async def _tell(outcome: PlayOutcome) -> None:
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        begun = _count_begun(outcome)
        settled = sum(talk.settled.is_set() for talk in outcome.talks)
        print(f"{begun} begun, {settled} settled, {dict(outcome.seen)}", file=sys.stderr, flush=True)
