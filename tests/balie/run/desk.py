"""A run of the launcher as the tests see it: a process, what it prints, and its descendants."""

import os
import queue
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import psutil

from balie.run.balie_home import Home
from balie.run.machine import folder_for_servers, pick_port, server_account
from balie.run.parent_watch import read_identity
from tests.balie.run.tied import run_tied

T = TypeVar("T")
UP = "Balie is up"
STAND_IN = ("-m", "tests.balie.run.stand_in")


def eventually(look: Callable[[], T], *, within_s: float) -> T:
    """Look again and again until the answer is true. Fail when it isn't in time."""
    deadline = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {within_s} s"
        time.sleep(0.02)
    return found


def two_free_ports() -> int:
    """Return a port that is free, and the one after it."""
    return eventually(lambda: next((p for p in [pick_port()] if pick_port(wanted=p + 1) == p + 1), 0), within_s=5)


class Desk:
    """One home and the runs in it."""

    def __init__(self, home: Path, command: Sequence[str] = STAND_IN) -> None:
        self.home = Home(home)
        self.command = command
        self.port = two_free_ports()
        self.lines: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()

    def start(self, **more: str) -> "Desk":
        """Start the launcher in this home, without waiting."""
        keep = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        wanted = {"BALIE_HOME": str(self.home.folder), "PORT": str(self.port)}
        self.process = run_tied(
            self.command,
            keep | wanted | more,
            # The launcher ends its own programs then.
            death_signal=signal.SIGTERM,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines, self._queue = [], queue.Queue()
        threading.Thread(target=self._read, args=(self.process, self._queue), daemon=True).start()
        return self

    def until(self, words: str, *, within_s: float = 120) -> float:
        """Wait for a line with `words`. Returns how many seconds it took."""
        began = time.monotonic()
        while True:
            line = self._queue.get(timeout=max(0.01, within_s - (time.monotonic() - began)))
            assert line is not None, f"ended without saying {words!r}: {self.lines}"
            self.lines.append(line)
            if words in line:
                return time.monotonic() - began

    def ends(self, *, within_s: float) -> int:
        """Wait for the end of the launcher. Returns its exit code."""
        code = self.process.wait(within_s)
        while (line := self._queue.get(timeout=5)) is not None:
            self.lines.append(line)
        return code

    def descendants(self) -> list[psutil.Process]:
        """Everything that the launcher started, directly or not."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def pid_of(self, name: str) -> int:
        """Return the pid of a program that runs now, 0 if it doesn't."""
        return read_identity(Path(self.home.pid_file(name))) or 0

    def answers(self) -> bool:
        """Whether the web process takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def clear(self) -> None:
        """End whatever a failed test left."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self.home.end_leftovers()
        # Under root the data lies outside pytest's private folder, where nobody would remove it.
        servers = self.home.folder / "servers"
        if servers.exists():
            shutil.rmtree(folder_for_servers(servers, server_account()))

    @staticmethod
    def _read(process: "subprocess.Popen[str]", lines: "queue.Queue[str | None]") -> None:
        assert process.stdout
        for line in process.stdout:
            lines.put(line)
        lines.put(None)


def are_gone(processes: list[psutil.Process]) -> bool:
    """Tell whether none of them runs. A zombie that nobody has collected yet doesn't."""
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)
