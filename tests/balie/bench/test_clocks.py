"""Replays while a dispatcher's own clock is wrong: Debian's libfaketime sets it for that process alone."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from balie.bench.replay import verdict
from balie.run.balie_home import ROOT
from tests.balie.bench.test_chaos import FAST, environment, fixture_desk, play  # noqa: F401 -- fixture
from tests.balie.run.desk import UP, Desk, eventually

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
if not LIBRARIES:
    print("left out: replays with wrong clocks (apt-get install libfaketime)")

pytestmark = [
    pytest.mark.launcher,
    pytest.mark.prove,
    pytest.mark.shared_data,
    pytest.mark.skipif(not LIBRARIES, reason="Debian's libfaketime isn't installed"),
]

CHATS = 120
# The times that chats live by are seconds and minutes: longer than any of them, both ways.
AHEAD, BEHIND = "+11m", "-10m"


@contextmanager
def run(desk: Desk, *command: str, **clock: str) -> Iterator[subprocess.Popen[bytes]]:
    """One more process of this desk, under a clock of its own."""
    fake = {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_DONT_FAKE_MONOTONIC": "1", **clock}
    log = (desk.home.log / f"wrong-{os.urandom(3).hex()}.log").open("wb")
    known = environment(desk) | {"PORT": str(desk.port)}
    child = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=known | fake, stdout=log, stderr=log)
    try:
        yield child
        assert child.poll() is None, Path(log.name).read_text(errors="replace")[-2_000:]
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        log.close()


def clock_of(desk: Desk) -> str:
    """Return what the health page says of clocks, empty where they agree."""
    try:
        page = urllib.request.urlopen(f"http://127.0.0.1:{desk.port}/healthz", timeout=10)
    except urllib.error.HTTPError as answer:
        page = answer  # 503: a part is missing
    with page:
        return str(json.load(page)["parts"]["clock"]["detail"])


def check(answer: dict[str, object]) -> None:
    assert answer["chats_answered"] == answer["chats_closed"] == CHATS
    assert {name: answer[name] for name in verdict.FAULTS} == dict.fromkeys(verdict.FAULTS, 0)


@pytest.mark.parametrize("wrong", [AHEAD, BEHIND])
def test_a_dispatcher_with_a_wrong_clock_ends_nothing_early(desk: Desk, wrong: str) -> None:
    desk.start(BALIE_ENV="development").until(UP, within_s=120)
    with run(desk, "manage.py", "dispatcher", FAKETIME=wrong, BALIE_NODE="wrong"):
        said = eventually(lambda: clock_of(desk), within_s=60)
        assert said.split()[0] == "dispatcher", said
        check(play(desk, *FAST, chats=CHATS))
