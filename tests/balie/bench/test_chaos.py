"""The fast replay while every part of the desk is killed: nothing may be lost by it. A few minutes each."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from balie.bench.replay import verdict
from balie.run.balie_home import ROOT
from tests.balie.run.desk import UP, Desk
from tests.conftest import SHARED_DATA

pytestmark = [pytest.mark.launcher, pytest.mark.prove, pytest.mark.shared_data]

CHATS = 490
FAST = ("--rate", "600", "--speed", "40", "--operators", "40")
# Killed one after the other while the chats begin.
PARTS = ("web", "dispatcher", "valkey", "worker", "postgres")


@pytest.fixture(name="desk")
def fixture_desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "home", command=("manage.py", "run"))
    yield desk
    desk.clear()


def environment(desk: Desk) -> dict[str, str]:
    """Leads a command to this desk's services."""
    keep = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "PORT")}
    return keep | {"BALIE_ENV": "development", "BALIE_HOME": str(desk.home.folder)}


def play(desk: Desk, *options: str, port: int = 0, chats: int = CHATS) -> dict[str, Any]:
    """Play a whole replay against this desk. Returns its answer, once it ended with exit code 0.

    Args:
        port: of another web process of this desk than its own.
    """
    dialogues = str(SHARED_DATA / "dialogues.jsonl.gz")
    command = ["replay", "--dialogues", dialogues, "--json"]
    command += ["--base-url", f"http://127.0.0.1:{port or desk.port}", "--chats", str(chats)]
    replay = subprocess.run(
        [sys.executable, "manage.py", *command, *options],
        cwd=ROOT,
        env=environment(desk),
        capture_output=True,
        text=True,
        timeout=1_200,
    )
    assert replay.returncode == 0, (replay.stderr[-4_000:], replay.stdout)
    return json.loads(replay.stdout)


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_nothing_is_lost_while_every_part_is_killed_once(desk: Desk, server: str) -> None:
    desk.start(SERVER=server, BALIE_ENV="development").until(UP, within_s=120)
    answer = play(desk, *FAST, "--kill", ",".join(PARTS))
    assert answer["kills"] == dict.fromkeys(PARTS, 1)
    assert answer["chats_answered"] == answer["chats_closed"] == CHATS
    assert {name: answer[name] for name in verdict.FAULTS} == dict.fromkeys(verdict.FAULTS, 0)
    assert answer["clients_saw"]["reconnects"] > 40


def test_mails_and_charges_survive_a_worker_that_dies_every_three_seconds(desk: Desk) -> None:
    desk.start(BALIE_ENV="development").until(UP, within_s=120)
    answer = play(desk, *FAST, "--kill-every", "worker:3")
    assert answer["kills"]["worker"] >= 5
    assert answer["transcripts_mailed"] == answer["transcripts_due"] == CHATS / 2
    assert answer["charges_or_reasons"] == CHATS
    assert answer["mail_duplicates"] == answer["mail_duplicates_same_id"]
