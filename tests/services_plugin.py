"""PostgreSQL and Valkey for the tests, started when the first test is collected that needs them.

A pytest plugin (named in pyproject.toml) and not a conftest: settings are read before any conftest is imported.
DATABASE_URL and REDIS_URL, if both are set, are used instead; the user then needs CREATEDB.
"""

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from balie.run.servers.services import Services

os.environ["BALIE_ENV"] = "test"
os.environ.pop("BALIE_FILES", None)
os.environ["BALIE_HOME"] = os.environ.get("BALIE_TEST_HOME") or tempfile.mkdtemp(prefix="balie-")
os.environ.setdefault("SECRET_KEY", "the tests' own key, of no use anywhere else 0123456789")

_services: "Services | None" = None

# A worker of xdist inherits the servers of the process that started it.
if "BALIE_TEST_HOME" not in os.environ:
    os.environ["BALIE_TEST_HOME"] = os.environ["BALIE_HOME"]
    atexit.register(shutil.rmtree, os.environ["BALIE_HOME"], ignore_errors=True)
    # The person who ends a run wants to read what failed until then, and the servers end in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        from balie.run.servers.services import Services

        _services = Services(Path(os.environ["BALIE_HOME"]) / "services", durable=False).reserve()
        os.environ["DATABASE_URL"] = _services.database_url
        os.environ["REDIS_URL"] = _services.redis_url


def is_pure(test: str) -> bool:
    """Whether a test, by its id, does without servers: those of `domain/`, and those that read the source."""
    path = test.partition("::")[0]
    return "/domain/" in path or path.startswith("tests/contracts/source/")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the servers, where one process collects and runs."""
    _start_for([item.nodeid for item in session.items])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids: Sequence[str]) -> None:
    """Start the servers for the workers of xdist, before any of them is given a test."""
    _start_for(ids)


def _start_for(tests: Iterable[str]) -> None:
    if _services and not _services.processes and not all(map(is_pure, tests)):
        atexit.register(_services.stop)
        _services.start()
