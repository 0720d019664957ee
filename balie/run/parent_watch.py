"""Ties a child process to its parent: when the parent dies, even by kill -9, the child ends too.

Run by path, before anything of Balie is importable: ``python -I -S parent_watch.py PLAN.json NAME``.
The plan says what to execute, as whom, and which signal the kernel sends when the parent is gone.
It writes down its pid with its start time (a pid alone may be used again), then becomes
the program, so the pid stays true.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

PR_SET_PDEATHSIG = 1
WATCH_EVERY_S = 0.5


def started_at(pid: int) -> str | None:
    """Return the moment the process began, as the system words it, or None when it is gone or a zombie."""
    try:
        # The command name may hold spaces and brackets: fields are counted after the last ")".
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        if sys.platform == "linux":
            return None
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    return answer[1].strip() if len(answer) == 2 and not answer[0].startswith("Z") else None


def write_identity(path: Path, pid: int) -> None:
    """Record pid and start time in one atomic step."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(f"{pid} {started_at(pid)}\n")
    draft.replace(path)


def read_identity(path: Path) -> int | None:
    """The recorded pid, if exactly that process is still alive."""
    try:
        pid, _, began = path.read_text().strip().partition(" ")
        return int(pid) if began and started_at(int(pid)) == began else None
    except (OSError, ValueError):
        return None


def signal_on_parent_death(death_signal: int, parent: int) -> None:
    """Ask Linux to signal this process when `parent`, its parent now, dies.

    Raises SystemExit when the parent died before the request was in place.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)


def become(program: dict[str, Any]) -> NoReturn:
    """Drop rights, tie the knot, execute. The knot comes last: a change of uid unties it."""
    parent = os.getppid()
    if program["pid_file"]:
        # On a full disk the program runs all the same: the knot below holds it, the record is for a next start.
        with contextlib.suppress(OSError):
            write_identity(Path(program["pid_file"]), os.getpid())
    if program["uid"] is not None:
        os.setgroups([])
        os.setgid(program["gid"])
        os.setuid(program["uid"])
    os.chdir(program["cwd"])
    environment = os.environ if program["env"] is None else program["env"]
    if sys.platform != "linux":
        watch(program, parent, environment)
    signal_on_parent_death(program["death_signal"], parent)
    os.execve(program["argv"][0], program["argv"], environment)


def watch(program: dict[str, Any], parent: int, environment: Any) -> NoReturn:
    """Where the kernel has no parent-death signal: stay beside the child and look at the parent."""
    child = subprocess.Popen(program["argv"], env=dict(environment))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: child.send_signal(received))
    while child.poll() is None:
        if os.getppid() != parent:
            child.send_signal(program["death_signal"])
        time.sleep(WATCH_EVERY_S)
    raise SystemExit(child.returncode if child.returncode >= 0 else 128 - child.returncode)


if __name__ == "__main__":
    become(json.loads(Path(sys.argv[1]).read_text())[sys.argv[2]])
