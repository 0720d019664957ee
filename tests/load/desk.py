"""A Balie of its own for a replay: a database, one web process and a dispatcher, each killed and started at will."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

from agency.project.home import ROOT
from agency.project.launch import web_arguments
from agency.project.machine import pick_port
from tests.setup.desk import eventually

DIALOGUES = Path(__file__).with_name("dialogues.jsonl")


class LoadDesk:
    """The processes, and the environment that leads to their database."""

    def __init__(self, home: Path) -> None:
        self.name = f"load_{os.getpid()}"
        self.port = pick_port()
        self.home = home
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        url = urlsplit(os.environ["DATABASE_URL"])
        self.environment = os.environ | {
            "BALIE_ENV": "development",
            "BALIE_HOME": str(home),
            "DATABASE_URL": url._replace(path=f"/{self.name}").geturl(),
            "PORT": str(self.port),
            "SECRET_KEY": settings.SECRET_KEY,
        }
        self.base_url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "LoadDesk":
        self.home.mkdir(exist_ok=True)
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{self.name}"')
        self.manage("migrate_all", check=True)
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def serve(self, server: str) -> None:
        """(Re)start the web process with this server, and the dispatcher; return when the web answers."""
        self._start("dispatcher", [sys.executable, "manage.py", "dispatcher"])
        self._start("web", [sys.executable, "-m", *web_arguments(server=server, port=self.port)])
        eventually(self._answers, within_s=60)

    def kill_web(self, server: str) -> None:
        """End the web process as a crash would, and start another one."""
        self.running["web"].send_signal(signal.SIGKILL)
        self.running["web"].wait()
        self._start("web", [sys.executable, "-m", *web_arguments(server=server, port=self.port)])

    def replay(self, *options: str) -> "subprocess.Popen[str]":
        """Begin a replay of the short dialogues."""
        command = [sys.executable, "manage.py", "replay", "--dialogues", str(DIALOGUES)]
        command += ["--base-url", self.base_url, "--json", *options]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def count(self, query: str) -> int:
        """The one number that a query answers."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            row = connection.execute(query).fetchone()
        assert row is not None
        return int(row[0])

    def manage(self, *command: str, **more: Any) -> None:
        """Run a command to its end."""
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, **more
        )

    def _start(self, name: str, command: list[str]) -> None:
        old = self.running.pop(name, None)
        if old is not None:
            old.terminate()
            old.wait(20)
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.base_url}/livez", timeout=5).close()
        except OSError:
            return False
        return True
