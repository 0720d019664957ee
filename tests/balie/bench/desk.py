"""A Balie of its own for a replay: a database and one process of each kind, each killed and started at will."""

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

from balie.run.balie_home import ROOT, Home
from balie.run.launch import web_arguments
from balie.run.machine import pick_port
from balie.run.parent_watch import started_at
from tests.balie.run.desk import eventually
from tests.balie.run.tied import run_tied

DIALOGUES = Path(__file__).with_name("dialogues.jsonl")
END_LIMIT_S = 20
# The longest of its commands migrates a new database: 7 s on two busy cores.
MIGRATE_LIMIT_S = 100


class LoadDesk:
    """The processes, and the environment that leads to their database."""

    def __init__(self, home: Path) -> None:
        self.name = f"load_{os.getpid()}"
        self.port = pick_port()
        self.home = home
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.commands: dict[str, list[str]] = {}
        url = urlsplit(os.environ["DATABASE_URL"])
        self.environment = os.environ | {
            "BALIE_ENV": "development",
            "BALIE_HOME": str(home),
            "DATABASE_URL": url._replace(path=f"/{self.name}").geturl(),
            "PORT": str(self.port),
            # A broker and a channel layer of its own: other tests use the server too.
            "REDIS_URL": urlsplit(os.environ["REDIS_URL"])._replace(path="/9").geturl(),
            "SECRET_KEY": settings.SECRET_KEY,
        }
        self.base_url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "LoadDesk":
        home = Home(self.home)
        home.make()
        home.write_facts({"smtp_host": "127.0.0.1", "smtp_port": pick_port()})
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{self.name}"')
        self.manage("migrate_all", check=True)
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self.running.values():
            process.kill()
            process.wait(END_LIMIT_S)
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def serve(self, server: str) -> None:
        """Start every process that isn't running, and the web anew with this server. Returns when it answers."""
        celery = ["-m", "celery", "-A"]
        worker = ["balie.celery:app", "worker", "--pool", "threads", "--concurrency", "2"]
        beat = ["balie.clock:app", "beat", "--pidfile=", "--schedule"]
        others = {
            "smtp_sink": ["-m", "balie.run.smtp_sink"],
            "worker": [*celery, *worker, "--without-gossip", "--without-mingle"],
            "beat": [*celery, *beat, str(self.home / "beat")],
            "dispatcher": ["manage.py", "dispatcher"],
        }
        for name in others.keys() - self.running.keys():
            self._start(name, others[name])
        self._start("web", ["-m", *web_arguments(server=server, port=self.port)])
        eventually(self._answers, within_s=60)

    def restart_when_dead(self, name: str, *, within_s: float) -> None:
        """Wait until a process was killed, and start it again."""
        dead = self.running[name]
        eventually(lambda: dead.poll() is not None, within_s=within_s)
        self._start(name, self.commands[name])

    def kill_web(self, server: str) -> None:
        """End the web process as a crash would, and start another one."""
        self.running["web"].send_signal(signal.SIGKILL)
        self.running["web"].wait(END_LIMIT_S)
        self._start("web", ["-m", *web_arguments(server=server, port=self.port)])

    def replay(self, *options: str) -> "subprocess.Popen[str]":
        """Begin a replay of the short dialogues."""
        command = ["manage.py", "replay", "--dialogues", str(DIALOGUES)]
        command += ["--base-url", self.base_url, "--json", *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return run_tied(command, self.environment, text=True, **pipes)

    def count(self, query: str) -> int:
        """Return the one number that a query answers."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            row = connection.execute(query).fetchone()
        assert row is not None
        return int(row[0])

    def manage(self, *command: str, **more: Any) -> None:
        """Run a command to its end."""
        command = (sys.executable, "manage.py", *command)
        subprocess.run(command, cwd=ROOT, env=self.environment, timeout=MIGRATE_LIMIT_S, **more)

    def _start(self, name: str, command: list[str]) -> None:
        old = self.running.pop(name, None)
        if old is not None:
            old.terminate()
            old.wait(END_LIMIT_S)
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = run_tied(command, self.environment, stdout=log, stderr=log)
        self.commands[name] = command
        pid = self.running[name].pid
        Path(Home(self.home).pid_file(name)).write_text(f"{pid} {started_at(pid)}")

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.base_url}/livez", timeout=5).close()
        except OSError:
            return False
        return True
