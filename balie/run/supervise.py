"""One supervisor over every process of a run: supervisord, told what to run and asked how it goes.

Everything is a child of supervisord, which restarts whatever dies. It runs in the foreground, is
tied to the launcher, and its children are tied to it (see parent_watch.py).
"""

import contextlib
import os
import resource
import shlex
import signal
import subprocess
import sys
import time
import xmlrpc.client
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from supervisor.xmlrpc import SupervisorTransport

from balie.run.balie_home import ROOT, Home
from balie.run.machine import LaunchError
from balie.run.servers.services import PARENT_WATCH, Program, watched_command, write_plan

SERVERS = "servers"
BALIE = "balie"
# The groups stop one after the other, and all of it has to be over within 10 s: 3 + 4 s, two
# rounds of supervisord's 1 s clock, and a last kill at 9.5 s.
STOP_WAIT_S = {BALIE: 3, SERVERS: 4}
STOP_LIMIT_S = 9.5
START_LIMIT_S = 15.0
# 2,000 visitors' sockets and more in one process.
OPEN_FILES = 16_384

BASE = """\
[supervisord]
nodaemon = true
silent = true
logfile = ../log/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 2
pidfile = supervisord.number
childlogdir = ../log
{details}

[unix_http_server]
file = %(ENV_BALIE_SUPERVISOR_SOCKET)s
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

# Paths are relative to run/, or come by %(ENV_...)s: supervisord would expand a %, and cut at a ";".
# startretries: a crash loop gets slower by a second a turn and is given up after half an hour.
PROGRAM = """
[program:{name}]
command = %(ENV_BALIE_TETHER)s {name}
autostart = {autostart}
autorestart = true
startsecs = 1
startretries = 60
stopsignal = {stop_signal}
stopwaitsecs = {stop_wait}
killasgroup = true
redirect_stderr = true
stdout_logfile = ../log/{name}.log
stdout_logfile_maxbytes = 5MB
stdout_logfile_backups = 3
"""


class Supervisor:
    """supervisord as a child of this process, with its programs in two groups.

    The servers start at once, Balie's own programs on `start_balie`; those that need the database
    wait at the gate until `open_gate`. They stop the other way round.
    """

    def __init__(self, home: Home, *, servers: dict[str, Program], programs: dict[str, Program]) -> None:
        self.home = home
        self.servers, self.programs = servers, programs
        self.process: subprocess.Popen[bytes] | None = None
        self._socket = home.socket_path()

    def start(self) -> None:
        """Write plan and configuration, start supervisord, wait until it answers."""
        plan, configuration = self.home.run / "plan.json", self.home.run / "supervisord.conf"
        configuration.write_text(self._configuration())
        everything = {**self.servers, **self.programs}
        named = {n: replace(p, pid_file=self.home.pid_file(n)) for n, p in everything.items()}
        named["supervisor"] = self._supervisord(configuration, plan)
        write_plan(plan, named)
        self._socket.unlink(missing_ok=True)
        self.home.gate.unlink(missing_ok=True)
        # A session of its own: Ctrl-C reaches the launcher alone, which stops things in order.
        with (self.home.log / "supervisord.log").open("ab") as log:
            self.process = subprocess.Popen(
                watched_command(plan, "supervisor"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_LIMIT_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise LaunchError(f"The supervisor did not start: {self.last_words('supervisord')}")
            time.sleep(0.05)

    def start_balie(self) -> None:
        """Start Balie's programs, all at once."""
        if self.programs:
            self._rpc().startProcessGroup(BALIE, False)

    def open_gate(self) -> None:
        """The database is prepared: let the programs at the gate, and later restarts, go on."""
        self.home.gate.touch()

    def is_alive(self) -> bool:
        """Whether supervisord itself still runs."""
        return self.process is not None and self.process.poll() is None

    def troubled(self) -> dict[str, str]:
        """Programs that aren't running: name -> supervisord's word for it."""
        answer = cast(list[dict[str, Any]], self._rpc().getAllProcessInfo())
        return {p["name"]: p["statename"] for p in answer if p["statename"] != "RUNNING"}

    def revive(self) -> None:
        """Start the programs that supervisord has given up."""
        with contextlib.suppress(OSError, xmlrpc.client.Error):
            for name, state in self.troubled().items():
                if state == "FATAL":
                    group = SERVERS if name in self.servers else BALIE
                    self._rpc().startProcess(f"{group}:{name}", False)

    def last_words(self, name: str) -> str:
        """The last line of a program's log, with the log's path."""
        log = self.home.log / f"{name}.log"
        with contextlib.suppress(OSError):
            lines = log.read_text(errors="replace").strip().splitlines()
            if lines:
                return f"{lines[-1][:300]} ({log})"
        return str(log)

    def stop(self) -> None:
        """Stop everything in order, within 10 s, by force if need be. May be called twice."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # The kernel ends the children of a killed supervisord; a clean stop leaves nothing.
        self.home.end_leftovers()
        self._socket.unlink(missing_ok=True)

    def _configuration(self) -> str:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        room = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        details = [f"minfds = {max(soft, room)}"]
        if os.geteuid() == 0:
            # Said outright, or supervisord warns: the two servers drop to an account of their own.
            details.append("user = root")
        text = BASE.format(details="\n".join(details))
        for group, programs in ((SERVERS, self.servers), (BALIE, self.programs)):
            for name, program in programs.items():
                text += PROGRAM.format(
                    name=name,
                    autostart="true" if group == SERVERS else "false",
                    stop_signal=signal.Signals(program.stop_signal).name.removeprefix("SIG"),
                    stop_wait=STOP_WAIT_S[group],
                )
            if programs:
                order = 10 if group == SERVERS else 20
                text += f"\n[group:{group}]\nprograms = {','.join(programs)}\npriority = {order}\n"
        return text

    def _supervisord(self, configuration: Path, plan: Path) -> Program:
        argv = [sys.executable, "-m", "balie.run.supervisord", "-c", str(configuration)]
        tether = shlex.join([sys.executable, "-I", "-S", str(PARENT_WATCH), str(plan)])
        env = {
            **os.environ,
            "BALIE_TETHER": tether,
            "BALIE_SUPERVISOR_SOCKET": str(self._socket),
        }
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), env.get("PYTHONPATH")]))
        # SIGTERM on the launcher's death: the supervisor then stops the rest in order.
        return Program(
            argv,
            cwd=str(self.home.run),
            env=env,
            death_signal=signal.SIGTERM,
            pid_file=self.home.pid_file("supervisor"),
        )

    def _rpc(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def _answers(self) -> bool:
        try:
            return bool(self._rpc().getState()["statename"] == "RUNNING")
        except (OSError, xmlrpc.client.Error, EOFError):
            return False
