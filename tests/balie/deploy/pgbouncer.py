"""A PgBouncer before the tests' PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from balie.run.machine import own_file, own_folder, pick_port, server_account
from tests.balie.run.desk import eventually
from tests.conftest import find_program

# auth_type any: whoever comes on loopback gets the one user of the tests.
CONFIGURATION = """\
[databases]
* = host={host} port={server_port} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
max_client_conn = 100
default_pool_size = 40
logfile = {folder}/log
pidfile = {folder}/pid
"""


@contextmanager
def pooled(mode: str) -> Iterator[str]:
    """The address of the tests' server behind a PgBouncer in this mode."""
    url = urlsplit(os.environ["DATABASE_URL"])
    account, port = server_account(), pick_port()
    # Not pytest's own folder, which root alone can enter: PgBouncer refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="pgbouncer-"))
    own_folder(folder, account)
    text = CONFIGURATION.format(
        host=url.hostname,
        server_port=url.port,
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        port=port,
        mode=mode,
        folder=folder,
    )
    file = own_file(folder / "pgbouncer.ini", text, account)
    process = subprocess.Popen(
        [str(find_program("pgbouncer")), "-q", str(file)],
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    try:
        pooled_url = url._replace(netloc=f"{url.username}@127.0.0.1:{port}").geturl()
        eventually(lambda: _answers(pooled_url), within_s=20)
        yield pooled_url
    finally:
        process.kill()
        process.wait(20)
        shutil.rmtree(folder)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True
