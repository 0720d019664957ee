"""PostgreSQL and Valkey from wheels, for one-command runs and for tests.

    with Services("somewhere", durable=False) as services:
        services.database_url, services.redis_url

Both listen on 127.0.0.1 only, each with a random password kept in a private file. The launcher
puts `plan()` under its supervisor; tests start and stop the servers directly, from the thread
that lives as long as they do (Linux ties a child to the thread that started it).
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from balie.run.machine import (
    Account,
    LaunchError,
    folder_for_servers,
    own_file,
    own_folder,
    pick_port,
    server_account,
)
from balie.run.servers import postgres, valkey

PARENT_WATCH = Path(__file__).parents[1] / "parent_watch.py"
STOP_LIMIT_S = 15.0


@dataclass(frozen=True)
class Program:
    """One child process, as parent_watch executes it. `env` None: our own environment."""

    argv: list[str]
    cwd: str
    env: dict[str, str] | None = None
    uid: int | None = None
    gid: int | None = None
    death_signal: int = signal.SIGKILL
    stop_signal: int = signal.SIGTERM
    pid_file: str | None = None


def write_plan(path: Path, programs: dict[str, Program]) -> None:
    """Write the file that `watched_command` reads."""
    own_file(path, json.dumps({name: asdict(p) for name, p in programs.items()}, indent=1), None)


def watched_command(plan: Path, name: str) -> list[str]:
    """The command that becomes program `name` of the plan, tied to whoever runs it."""
    return [sys.executable, "-I", "-S", str(PARENT_WATCH), str(plan), name]


class Services:
    """The two servers of one home folder."""

    def __init__(self, folder: str | os.PathLike[str], *, durable: bool = True) -> None:
        """`durable` False: nothing survives a crash, and nothing waits for the disk (tests)."""
        self.folder = Path(folder).resolve()
        self.durable = durable
        self.database_url = ""
        self.redis_url = ""
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._conf: dict[str, Any] = {}
        self.data = self.folder

    def reserve(self) -> Self:
        """Choose ports and passwords, so that the addresses are known before anything runs."""
        account = server_account()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = folder_for_servers(self.folder, account)
        self._read_or_make_secrets()
        conf = self._conf
        self.database_url = postgres.url(port=conf["postgres_port"], password=conf["postgres_password"])
        self.redis_url = valkey.url(port=conf["valkey_port"], password=conf["valkey_password"])
        return self

    def plan(self, *, database: bool = True, cache: bool = True) -> dict[str, Program]:
        """Make folders, passwords, ports and the cluster, and return how each server is run.

        Raises LaunchError with one line that says what is missing.
        """
        account = server_account()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = folder_for_servers(self.folder, account)
        self._read_or_make_secrets()
        programs = {}
        if database:
            programs["postgres"] = self._plan_postgres(account)
        if cache:
            programs["valkey"] = self._plan_valkey(account)
        return programs

    def start(self) -> Self:
        """Start both servers as children of this process and wait until they answer."""
        programs = self.plan()
        plan = self.folder / "services.plan.json"
        write_plan(plan, programs)
        for name in programs:
            with (self.folder / f"{name}.log").open("ab") as log:
                # A session of their own: Ctrl-C at a test run must not stop them before the tests.
                self.processes[name] = subprocess.Popen(
                    watched_command(plan, name),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        self.programs = programs
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def wait_until_ready(
        self,
        limit_s: float = postgres.RECOVERY_LIMIT_S,
        still_trying: Callable[[], bool] = lambda: True,
    ) -> None:
        """Wait until the planned servers answer and Balie's database exists.

        Raises LaunchError after `limit_s` seconds, or at once when a child of ours has ended or
        `still_trying` (asked each round: does the supervisor live?) says no.
        """
        deadline = time.monotonic() + limit_s
        conf = self._conf
        while self.database_url and not postgres.is_ready(
            port=conf["postgres_port"], password=conf["postgres_password"]
        ):
            self._give_up_or_wait("postgres", deadline if still_trying() else 0)
        while self.redis_url and not valkey.is_ready(port=conf["valkey_port"], password=conf["valkey_password"]):
            self._give_up_or_wait("valkey", deadline if still_trying() else 0)
        if self.database_url:
            postgres.create_database(port=conf["postgres_port"], password=conf["postgres_password"])

    def stop(self) -> None:
        """Stop the children of this process, Valkey first, with SIGKILL after 15 s."""
        for name, process in reversed(self.processes.items()):
            if process.poll() is None:
                process.send_signal(self.programs[name].stop_signal)
        for process in self.processes.values():
            try:
                process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()
        if not self.durable and self.data != self.folder:
            shutil.rmtree(self.data, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _plan_postgres(self, account: Account | None) -> Program:
        data, binaries = self.data / "postgres", postgres.find_binaries(account)
        own_folder(data, account)
        port, password = self._conf["postgres_port"], self._conf["postgres_password"]
        postgres.initialise(
            binaries=binaries,
            data=data,
            password=password,
            account=account,
            durable=self.durable,
        )
        self.database_url = postgres.url(port=port, password=password)
        return Program(
            postgres.command(binaries=binaries, data=data, port=port, durable=self.durable),
            cwd=str(data),
            env=postgres.environment(data),
            # Fast shutdown: open sessions are ended, committed work is flushed.
            death_signal=signal.SIGINT,
            stop_signal=signal.SIGINT,
            uid=account.uid if account else None,
            gid=account.gid if account else None,
        )

    def _plan_valkey(self, account: Account | None) -> Program:
        data = own_folder(self.data / "valkey", account)
        port, password = self._conf["valkey_port"], self._conf["valkey_password"]
        configuration = valkey.write_configuration(
            folder=data, port=port, password=password, account=account, durable=self.durable
        )
        self.redis_url = valkey.url(port=port, password=password)
        return Program(
            [str(valkey.find_binary(account)), str(configuration)],
            cwd=str(data),
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(data)},
            death_signal=signal.SIGTERM,
            uid=account.uid if account else None,
            gid=account.gid if account else None,
        )

    def _read_or_make_secrets(self) -> None:
        path = self.folder / "embedded.json"
        if path.exists():
            conf = json.loads(path.read_text())
        else:
            if self.data != self.folder:
                # Left by another home that had the same number on the disk; not ours.
                shutil.rmtree(self.data, ignore_errors=True)
                self.data.mkdir(mode=0o711)
            conf = {
                "postgres_password": secrets.token_urlsafe(24),
                "valkey_password": secrets.token_urlsafe(24),
            }
        conf["postgres_port"] = pick_port(wanted=conf.get("postgres_port"))
        conf["valkey_port"] = pick_port(wanted=conf.get("valkey_port"), taken=frozenset({conf["postgres_port"]}))
        own_file(path, json.dumps(conf, indent=1), None)
        self._conf = conf

    def _give_up_or_wait(self, name: str, deadline: float) -> None:
        process = self.processes.get(name)
        if (process and process.poll() is not None) or time.monotonic() >= deadline:
            log = self.folder / f"{name}.log"
            words = log.read_text(errors="replace").strip() if log.exists() else ""
            raise LaunchError(f"{name} did not start: {words.splitlines()[-1:] or log}")
        time.sleep(0.05)
