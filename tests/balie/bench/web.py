"""A web process over this worker's database, as `make run` starts it."""

import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from balie.run import launch
from balie.run.machine import pick_port
from tests.balie.run.desk import eventually
from tests.browser.conftest import running


@dataclass(frozen=True, slots=True)
class Web:
    """Where it answers, and which process it is."""

    port: int
    pid: int


@contextmanager
def serving(server: str, home: Path) -> Iterator[Web]:
    """Run daphne or uvicorn while the block runs."""
    port = pick_port()
    databases, _ = os.environ["DATABASE_URL"].rsplit("/", 1)
    environment = {
        **os.environ,
        "BALIE_ENV": "development",
        "BALIE_HOME": str(home),
        "DATABASE_URL": f"{databases}/{connection.settings_dict['NAME']}",
        "PORT": str(port),
    }
    line = launch.web_arguments(server=server, port=port)
    with running(["-m", *line], environment) as process:
        eventually(lambda: _answers(port), within_s=60)
        yield Web(port, process.pid)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5).close()
    except OSError:
        return False
    return True
