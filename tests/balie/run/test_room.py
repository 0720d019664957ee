"""A full disk: said once, outlived by the supervisor, and over when there is room again."""

import collections
import os
import shutil
import signal
from pathlib import Path

import pytest

from balie.run.disk_room import FULL_MB, ROOM_MB, DiskRoom
from tests.balie.run.desk import UP, Desk, eventually


def test_full_and_room_again_are_said_once_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = collections.namedtuple("usage", "total used free")
    free, said = {"mb": 0}, []
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(0, 0, free["mb"] * 1_000_000))
    room = DiskRoom({tmp_path}, say=said.append, revive=lambda: said.append("revive"))
    for mb in (ROOM_MB, FULL_MB, FULL_MB - 1, 0, FULL_MB, ROOM_MB - 1, ROOM_MB, FULL_MB + 1):
        free["mb"] = mb
        room.look()
    assert [words.split(":")[0] for words in said] == [
        "The disk is full",
        "There is room again",
        "revive",
    ]
    assert str(tmp_path) in said[0]


def test_an_output_that_is_on_the_full_disk_ends_nothing(tmp_path: Path) -> None:
    def say(words: str) -> None:
        raise OSError(28, "No space left on device")

    room = DiskRoom({tmp_path}, say=say, revive=lambda: None)
    room.is_full = True
    room.look()
    assert not room.is_full


@pytest.mark.launcher
def test_a_supervisor_that_can_t_write_its_log_goes_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home")
    desk.home.make()
    for name in ("supervisord", "web", "worker"):
        (desk.home.log / f"{name}.log").symlink_to("/dev/full")
    try:
        desk.start().until(UP)
        web = desk.pid_of("web")
        os.kill(web, signal.SIGKILL)
        eventually(lambda: desk.pid_of("web") not in (0, web), within_s=60)
        eventually(desk.answers, within_s=40)
        assert desk.process.poll() is None
    finally:
        desk.clear()
