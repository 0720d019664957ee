"""BALIE_HOME: the folder with everything a run keeps, and what is known of the run in it."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from balie.run.machine import LaunchError, own_file
from balie.run.parent_watch import read_identity

ROOT = Path(__file__).resolve().parents[2]
# A cluster is 40 MB, a first start with demo data about 90; the rest is room for logs.
DISK_NEEDED_MB = 300
# sun_path holds 108 bytes, and supervisor binds `<path>.<pid>` first.
SOCKET_PATH_LIMIT = 90


class Home:
    """The folder of one run: `services.json`, `run/` (pids, plan), `log/`, `mail/`, the servers."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder).expanduser().resolve()
        self.run = self.folder / "run"
        self.log = self.folder / "log"
        self.mail = self.folder / "mail"
        self.gate = self.run / "prepared"
        self.facts_file = self.folder / "services.json"
        self._lock: IO[str] | None = None

    def make(self) -> None:
        """Make the folders. Only the owner may read logs and mail.

        Raises LaunchError on a disk that would fill up during the start.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(self.folder).free // 1_000_000
        if free_mb < DISK_NEEDED_MB:
            raise LaunchError(f"The disk is full: {free_mb} MB free at {self.folder}, {DISK_NEEDED_MB} MB needed.")
        for folder in (self.run, self.log, self.mail):
            folder.mkdir(mode=0o700, exist_ok=True)
        for part in ("tmp", "new", "cur"):
            (self.mail / part).mkdir(exist_ok=True)

    def lock(self) -> bool:
        """Take the home for this process until it ends. False when another run has it.

        The kernel lets go of the lock when the process dies, however it dies.
        """
        self._lock = (self.folder / "lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            return False
        return True

    def facts(self) -> dict[str, Any]:
        """Read `services.json`. Empty when there is none or it can't be read as JSON."""
        try:
            found = json.loads(self.facts_file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write_facts(self, facts: dict[str, Any]) -> None:
        """Replace `services.json` (mode 0600) in one step."""
        own_file(self.facts_file, json.dumps(facts, indent=1) + "\n", None)

    def socket_path(self) -> Path:
        """Where the supervisor listens: here, or under /tmp when this path is too long for it."""
        here = self.run / "supervisor.sock"
        if len(os.fsencode(here)) <= SOCKET_PATH_LIMIT:
            return here
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"balie-{os.getuid()}-{name}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.lstat().st_uid != os.getuid():
            raise LaunchError(f"{folder} belongs to somebody else: remove it.")
        return folder / "supervisor.sock"

    def pid_file(self, name: str) -> str:
        """Where parent_watch writes down who program `name` is."""
        return str(self.run / f"{name}.pid")

    def living(self) -> dict[str, int]:
        """Our own recorded programs that still run: name -> pid.

        A recorded pid counts only with its recorded start time: the number alone may by now be
        anybody's.
        """
        found = {path.stem: read_identity(path) for path in sorted(self.run.glob("*.pid"))}
        return {name: pid for name, pid in found.items() if pid}

    def end_leftovers(self) -> None:
        """End what a killed run left behind, the supervisor first: it would restart the others."""
        for wanted in (lambda name: name == "supervisor", lambda name: True):
            with contextlib.suppress(TimeoutError):
                self._signal(signal.SIGTERM, wanted)
                self._wait_until_gone(wanted, limit_s=10)
            self._signal(signal.SIGKILL, wanted)
            self._wait_until_gone(wanted, limit_s=10)
        for path in self.run.glob("*.pid"):
            path.unlink(missing_ok=True)

    def _signal(self, number: int, wanted: Callable[[str], bool]) -> None:
        for name, pid in self.living().items():
            if wanted(name):
                # PostgreSQL waits for its clients at SIGTERM; SIGINT sends them away.
                soft = signal.SIGINT if name == "postgres" else number
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number if number == signal.SIGKILL else soft)

    def _wait_until_gone(self, wanted: Callable[[str], bool], *, limit_s: float) -> None:
        deadline = time.monotonic() + limit_s
        while any(wanted(name) for name in self.living()):
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.05)


@contextlib.contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn an error of the system into the one line that the person who started us needs."""
    try:
        yield
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        if error.errno == errno.ENOSPC:
            raise LaunchError(f"The disk is full{where}.") from error
        raise LaunchError(f"{error.strerror or error}{where}.") from error
