"""A real desk over this worker's database, and a real Chromium to walk through it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, expect, sync_playwright

from tests.cast import PASSWORD

ROOT = Path(__file__).resolve().parent.parent.parent
# A start takes 3 s on two busy cores.
START_LIMIT_S = 40
# What takes 0.1 s takes this long at most when the machine has other work.
PATIENCE_MS = 20_000
APPLICATION = "agency.project.asgi:application"
SERVERS = {
    "uvicorn": ["--host", "127.0.0.1", "--lifespan", "off", "--ws", "websockets-sansio", "--port"],
    "daphne": ["-b", "127.0.0.1", "-v", "0", "--websocket_timeout", "-1", "-p"],
}
# Nothing beyond this machine, and none of what Chromium does by itself.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost , EXCLUDE *.localhost",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the agency's pages and a company's portal answer; `environment` is what its processes see."""

    port: int
    environment: dict[str, str] = field(repr=False)

    def url(self, path: str = "/", *, host: str = "localhost") -> str:
        """The address of a page on the agency's host, or on `host`."""
        return f"http://{host}:{self.port}{path}"


@pytest.fixture(scope="module")
def desk(
    request: pytest.FixtureRequest, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """One web process on a free port, uvicorn unless a test asks for daphne; ends with the module."""
    server = getattr(request, "param", "uvicorn")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    databases, _name = os.environ["DATABASE_URL"].rsplit("/", 1)
    environment = {
        **os.environ,
        "DATABASE_URL": f"{databases}/{connection.settings_dict['NAME']}",
        "PORT": str(port),
        "BALIE_HOME": str(tmp_path_factory.mktemp("desk")),
        "BALIE_ENV": "development",
    }
    with running(["-m", server, APPLICATION, *SERVERS[server], str(port)], environment) as web:
        _wait_until_alive(web, port)
        yield Desk(port, environment)


@pytest.fixture(scope="module")
def dispatcher(desk: Desk) -> Iterator[None]:
    """The process that sweeps; its events reach the web process over Valkey."""
    with running(["manage.py", "dispatcher"], desk.environment):
        yield


@contextmanager
def running(line: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process of this repository while the block runs."""
    process = subprocess.Popen([sys.executable, *line], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium. A missing one fails: a journey that isn't walked proves nothing."""
    found = os.environ.get("BALIE_CHROMIUM") or shutil.which("chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        # Playwright's own loop runs in this thread while the browser lives; the ORM would refuse to work beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = play.chromium.launch(
            executable_path=found,
            args=FLAGS,
        )
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


def sign_in(page: Any, address: str, email: str) -> None:
    """Fill in the form at `address` as one of the cast."""
    page.goto(address)
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def _wait_until_alive(web: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        if web.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the desk did not start: exit code {web.poll()}")
        time.sleep(0.1)
