"""The fast replay while every part of the desk is killed once: nothing may be lost by it. About two minutes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agency.project.home import ROOT
from agency.project.load import verdict
from tests.conftest import SHARED_DATA
from tests.setup.desk import UP, Desk, eventually

pytestmark = [pytest.mark.launcher, pytest.mark.prove, pytest.mark.shared_data]

CHATS = 490
# Each is killed when so many chats have begun: in the thick of it, and one after the other.
KILLED_AT = {"web": 60, "dispatcher": 130, "valkey": 200, "postgres": 270}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "home", command=("manage.py", "run"))
    yield desk
    desk.clear()


def environment(desk: Desk) -> dict[str, str]:
    """Leads a command to this desk's services."""
    keep = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "PORT")}
    return keep | {"BALIE_ENV": "development", "BALIE_HOME": str(desk.home.folder)}


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_nothing_is_lost_while_every_part_is_killed_once(desk: Desk, server: str) -> None:
    desk.start(SERVER=server, BALIE_ENV="development").until(UP, within_s=120)
    dialogues = str(SHARED_DATA / "dialogues.jsonl.gz")
    options = ["--dialogues", dialogues, "--base-url", f"http://127.0.0.1:{desk.port}", "--json"]
    options += ["--chats", str(CHATS), "--rate", "600", "--speed", "40", "--operators", "40"]
    replay = subprocess.Popen(
        [sys.executable, "manage.py", "replay", *options],
        cwd=ROOT,
        env=environment(desk),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert replay.stderr
    waiting = dict(KILLED_AT)
    told = []
    for line in replay.stderr:
        told.append(line)
        begun = int(line.split(" begun")[0]) if " begun" in line else 0
        for name in [name for name, count in waiting.items() if begun >= count][:1]:
            del waiting[name]
            killed = desk.pid_of(name)
            os.kill(killed, signal.SIGKILL)
            eventually(lambda: desk.pid_of(name) not in (0, killed), within_s=30)  # noqa: B023
    printed = replay.stdout.read() if replay.stdout else ""
    assert replay.wait(60) == 0, (told, printed)
    assert not waiting
    answer = json.loads(printed)
    assert answer["chats_answered"] == answer["chats_closed"] == CHATS
    assert {name: answer[name] for name in verdict.FAULTS} == dict.fromkeys(verdict.FAULTS, 0)
    assert answer["clients_saw"]["reconnects"] > 40
