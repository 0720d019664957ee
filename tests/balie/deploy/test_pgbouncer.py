"""With a real PgBouncer: in session mode everything runs, in transaction mode no process begins."""

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection

from balie.run.balie_home import ROOT
from tests.balie.deploy.pgbouncer import pooled

pytestmark = [
    pytest.mark.launcher,
    pytest.mark.debian("pgbouncer"),
    pytest.mark.usefixtures("django_db_setup"),
]

CELERY = ("-m", "celery", "-A")
SCHEDULE = f"--schedule={os.environ['BALIE_TEST_HOME']}/pgbouncer-beat"
PROCESSES = {
    "check": ("manage.py", "check", "--database", "default"),
    "command": ("manage.py", "reconcile"),
    "web": ("-c", "import balie.asgi"),
    "dispatcher": ("manage.py", "dispatcher"),
    "worker": (*CELERY, "balie.celery:app", "worker", "--pool", "solo"),
    "beat": (*CELERY, "balie.clock:app", "beat", "--pidfile=", SCHEDULE),
}


@pytest.fixture(scope="module")
def shared() -> Iterator[str]:
    with pooled("transaction") as url:
        yield url


@pytest.fixture(scope="module")
def own() -> Iterator[str]:
    with pooled("session") as url:
        yield url


def run(process: str, url: str) -> "subprocess.CompletedProcess[str]":
    """One of our processes with the tests' database behind this address."""
    address = urlsplit(url)._replace(path=connection.settings_dict["NAME"]).geturl()
    return subprocess.run(
        [sys.executable, *PROCESSES[process]],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_begins_where_connections_are_shared(process: str, shared: str) -> None:
    done = run(process, shared)
    assert done.returncode != 0
    assert "pool_mode = session" in done.stderr


@pytest.mark.parametrize("process", ["check", "command", "web"])
def test_in_session_mode_everything_runs(process: str, own: str) -> None:
    done = run(process, own)
    assert (done.returncode, done.stderr) == (0, "")
