"""The bench's servers: started on a core of their own, and what they cost there."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings

from balie.bench.live.setup import Scene
from balie.run.balie_home import ROOT
from balie.run.launch import web_arguments
from balie.run.machine import pick_port

START_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and its port."""

    process: psutil.Process
    port: int

    def cpu_s(self) -> float:
        """CPU seconds of the process and all below it."""
        return sum(sum(one.cpu_times()[:2]) for one in self._tree())

    def unshared_kib(self) -> float:
        """Memory that would be free without it (USS), in KiB."""
        return sum(one.memory_full_info().uss for one in self._tree()) / 1024

    def _tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def kinds() -> list[str]:
    """The names `serving` knows."""
    return ["tutorial", "daphne", "uvicorn", "limit"]


@contextmanager
def serving(kind: str, scene: Scene, folder: Path, *, cores: set[int] | None) -> Iterator[Server]:
    """Run one server of this kind, on these cores, until the block ends.

    Raises:
        TimeoutError: it did not answer; its log is in the folder.
    """
    port = pick_port()
    environment = os.environ | {
        "BALIE_ENV": "development",
        "BALIE_FRAME_RATE": "1000000",
        "BALIE_FRAME_BURST": "1000000",
        "BALIE_BENCH_SCENE": str(folder / "scene.json"),
        "DATABASE_URL": scene.database_url,
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        # The session cookie's name carries the port.
        "PORT": str(settings.PORT),
    }
    with (folder / f"{kind}.log").open("ab") as log, _on_cores(cores):
        child = subprocess.Popen(
            [sys.executable, "-m", *_arguments(kind, port)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_up(child, port, folder / f"{kind}.log")
        yield Server(psutil.Process(child.pid), port)
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _arguments(kind: str, port: int) -> list[str]:
    if kind == "tutorial":
        application = "balie.bench.live.reference_tutorial:application"
        return ["daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", application]
    if kind == "limit":
        return ["balie.bench.live.reference_limit", str(port)]
    return web_arguments(server=kind, port=port)


@contextmanager
def _on_cores(cores: set[int] | None) -> Iterator[None]:
    """A child inherits the cores of whoever starts it."""
    own = os.sched_getaffinity(0)
    try:
        if cores:
            os.sched_setaffinity(0, cores)
        yield
    finally:
        os.sched_setaffinity(0, own)


def _wait_until_up(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline and child.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5).close()
        except urllib.error.HTTPError:
            return  # a reference without HTTP pages: it answers
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"the server did not start: {log.read_text(errors='replace')[-300:]}")
