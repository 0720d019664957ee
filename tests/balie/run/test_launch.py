"""One command, from nothing to running to nothing, whoever is killed meanwhile.

The limits here are wide, for a machine that has other work; test_run.py holds the promised 10 s.
"""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.balie.run.desk import UP, Desk, are_gone, eventually

pytestmark = pytest.mark.launcher


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    # A space, and what a configuration file or a format string would stumble over.
    desk = Desk(tmp_path / "a desk; #1 100%s")
    yield desk
    desk.clear()


def test_a_start_prints_where_everything_is_and_a_stop_leaves_nothing(desk: Desk) -> None:
    desk.home.make()
    # A pid that was written down, and is somebody else's by now.
    bystander = psutil.Popen(["sleep", "120"])
    Path(desk.home.pid_file("web")).write_text(f"{bystander.pid} 1\n")
    try:
        desk.start().until(UP)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait(20)
    desk.until("Ctrl-C")
    started = desk.descendants()
    table = "".join(desk.lines)
    assert f"http://localhost:{desk.port}/console/" in table
    assert f"http://acme-shop.localhost:{desk.port + 1}/" in table
    assert str(desk.home.mail) in table
    assert len(started) >= 5  # supervisor, two servers, two programs

    _says_where_it_runs_already(desk)

    desk.process.send_signal(signal.SIGTERM)

    assert desk.ends(within_s=40) == 0
    assert are_gone(started)
    assert not desk.home.living()


def _says_where_it_runs_already(desk: Desk) -> None:
    second = Desk(desk.home.folder).start()
    assert second.ends(within_s=40) == 0
    assert f"runs here already (pid {desk.process.pid})" in "".join(second.lines)
    assert f"http://localhost:{desk.port}/console/" in "".join(second.lines)
    assert desk.answers()


def test_what_is_killed_comes_back(desk: Desk) -> None:
    desk.start().until(UP)
    before = {name: desk.pid_of(name) for name in ("web", "worker", "valkey", "postgres")}
    with psycopg.connect(desk.home.facts()["database_url"], autocommit=True) as connection:
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('still here')")

    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    for name, pid in before.items():
        eventually(lambda n=name, p=pid: desk.pid_of(n) not in (0, p), within_s=60)
    eventually(desk.answers, within_s=40)

    def kept() -> str:
        try:
            with psycopg.connect(desk.home.facts()["database_url"]) as connection:
                return connection.execute("select word from kept").fetchone()[0]
        except psycopg.OperationalError:
            return ""

    assert eventually(kept, within_s=60) == "still here"


@pytest.mark.parametrize("victim", ["launcher", pytest.param("supervisor", marks=pytest.mark.prove)])
def test_a_killed_parent_takes_its_children_along_and_the_next_start_works(desk: Desk, victim: str) -> None:
    desk.start().until(UP)
    family = desk.descendants()
    pid = desk.process.pid if victim == "launcher" else desk.pid_of("supervisor")

    os.kill(pid, signal.SIGKILL)

    eventually(lambda: are_gone(family), within_s=40)
    assert desk.ends(within_s=40) == (-signal.SIGKILL if victim == "launcher" else 1)
    desk.start().until(UP)


def test_a_start_right_after_a_kill_ends_the_leftovers_that_hold_its_port(desk: Desk) -> None:
    desk.start().until(UP)
    family = desk.descendants()

    desk.process.kill()
    desk.process.wait(20)
    desk.start().until(UP)

    assert are_gone(family)


@pytest.mark.prove
def test_two_homes_run_side_by_side(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    try:
        desk.start(), other.start()
        desk.until(UP), other.until(UP)
        urls = {d.home.facts()[key] for d in (desk, other) for key in ("database_url", "redis_url")}
        assert len(urls) == 4
    finally:
        other.clear()


@pytest.mark.prove
def test_a_program_that_will_not_end_and_an_impatient_ctrl_c_leave_nothing(desk: Desk) -> None:
    desk.start(STUBBORN="1").until(UP)
    family = desk.descendants()

    desk.process.send_signal(signal.SIGINT)
    for _ in range(5):
        desk.process.send_signal(signal.SIGINT)

    assert desk.ends(within_s=40) == 0
    assert are_gone(family)


def test_ctrl_c_during_the_start_leaves_nothing(desk: Desk) -> None:
    desk.start()
    family = eventually(lambda: desk.pid_of("supervisor") and desk.descendants(), within_s=60)

    desk.process.send_signal(signal.SIGINT)

    assert desk.ends(within_s=40) == 0
    assert are_gone(family)
    assert not desk.home.living()


def test_a_port_held_by_somebody_else_is_one_line(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", desk.port + 1)):
        assert desk.start().ends(within_s=60) == 1

    assert len(desk.lines) == 1
    assert f"Port {desk.port + 1}" in desk.lines[0]
    assert not desk.home.living()


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("DATABASE_URL", "postgresql://balie@127.0.0.1:1/none", "DATABASE_URL can't be reached"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "REDIS_URL can't be reached"),
    ],
)
def test_a_server_of_ones_own_that_is_away_is_one_line(desk: Desk, variable: str, value: str, words: str) -> None:
    assert desk.start(**{variable: value}).ends(within_s=60) == 1

    assert sum("balie:" in line for line in desk.lines) == 1
    assert words in desk.lines[-1]
    assert not desk.home.living()
