"""The machine's part of a launch: a port, an account for the servers, a private folder."""

import contextlib
import os
import random
import shutil
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

# Below the range Linux hands to outgoing connections (from 32768): a server that is restarted
# must not find its port taken by somebody's outgoing connection.
PORTS = range(15_000, 32_000)
SHARED_STATE = Path("/var/tmp")  # noqa: S108 -- see _trusted_folder


class LaunchError(Exception):
    """Raised where the launcher can't go on. The message is one line for the person who started it."""


@dataclass(frozen=True)
class Account:
    """An account that exists already. Servers that refuse to run as root run as it."""

    name: str
    uid: int
    gid: int


def port_is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        # As the servers do it: a port in TIME_WAIT is free, one somebody listens on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def pick_port(*, wanted: int | None = None, taken: frozenset[int] = frozenset()) -> int:
    """The wanted port if it is free, else a random free one."""
    if wanted and wanted not in taken and port_is_free(wanted):
        return wanted
    for port in random.sample(PORTS, 200):
        if port not in taken and port_is_free(port):
            return port
    raise LaunchError("No free port between 15000 and 32000 on 127.0.0.1.")


def server_account() -> Account | None:
    """Whom PostgreSQL and Valkey run as: None (ourselves) unless we are root.

    Never an account made for it: `EMBEDDED_SERVICES_USER`, else postgres, else nobody. PostgreSQL
    refuses a uid without a passwd entry.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    import pwd

    for name in (os.environ.get("EMBEDDED_SERVICES_USER"), "postgres", "nobody"):
        with contextlib.suppress(KeyError):
            if name:
                entry = pwd.getpwnam(name)
                return Account(name, entry.pw_uid, entry.pw_gid)
    raise LaunchError("Running as root without a 'postgres' or 'nobody' account: set EMBEDDED_SERVICES_USER.")


def is_reachable_by_all(path: Path) -> bool:
    """Whether another account can walk down to `path`."""
    path = path.resolve()
    return all(part.stat().st_mode & stat.S_IXOTH for part in (path, *path.parents))


def own_folder(path: Path, account: Account | None) -> Path:
    """A folder that only `account` (or we) can enter."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    if account:
        os.chown(path, account.uid, account.gid)
    return path


def own_file(path: Path, text: str, account: Account | None) -> Path:
    """A file that only `account` (or we) can read: whole or not at all, private from the start."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if account:
        os.chown(draft, account.uid, account.gid)
    return draft.replace(path)


def folder_for_servers(home: Path, account: Account | None) -> Path:
    """Where the servers' data lies: in `home`, or outside it when their account can't get in.

    Root's checkout may lie under a folder of mode 0700. Opening that folder to the world would
    be worse than keeping the data in /var/tmp, named after the home it belongs to.
    """
    if account is None or is_reachable_by_all(home):
        return home
    facts = home.stat()
    outside = SHARED_STATE / f"balie-{facts.st_dev:x}-{facts.st_ino:x}"
    return _trusted_folder(outside)


def binaries_for_servers(package: Path, parts: list[str], version: str) -> Path:
    """Return a folder from which another account can run the package's binaries. They are copied once if need be."""
    facts = package.stat()
    copy = SHARED_STATE / f"balie-{package.name}-{version}-{facts.st_dev:x}-{facts.st_ino:x}"
    _trusted_folder(copy)
    if not (copy / "complete").exists():
        for part in parts:
            source = package.parent / part
            if source.exists():
                shutil.copytree(source, copy / part, symlinks=True, dirs_exist_ok=True)
        (copy / "complete").touch()
    return copy / package.name


def _trusted_folder(path: Path) -> Path:
    """Make `path`, or take it over if root made it. /var/tmp is open to everybody."""
    path.mkdir(mode=0o711, exist_ok=True)
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
        raise LaunchError(f"{path} belongs to somebody else: remove it.")
    path.chmod(0o711)
    return path
