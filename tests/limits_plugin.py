"""No test waits for ever, and none that does stays unnamed.

pytest-timeout raises in a test that is over its limit (pyproject.toml). That is not all: an event loop swallows what is
raised in its callbacks, and fixtures may wait for the very thing that hung, at a time when both limits of a failed test
are off. So the process ends when the test goes on for GRACE_S more: all stacks are on stderr, xdist names the test and
gives what is left of its file to a new process. A C thread counts, for whoever holds Python's lock is to be ended too.

A pytest plugin (named in pyproject.toml) and not a conftest: stderr is taken before pytest captures it.
"""

import faulthandler
import os
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

# The clean-up of the slowest fixture takes 15 s: a PostgreSQL that has to be killed.
GRACE_S = 45
# A proof at full size: the longest plays 490 chats against processes that are killed.
PROOF_LIMIT_S = 1800
STDERR = os.dup(2)
# The test that each process runs now. The one it ran when it ended says which tests not to run again.
RUNNING = Path(os.environ["BALIE_TEST_HOME"]) / "running"
ME = os.environ.get("PYTEST_XDIST_WORKER", "main")
_ended_a_process: set[str] = set()


def pytest_configure() -> None:
    """Learn what ended the process that this one replaces: xdist would begin its file with that test again."""
    if ME == "main":
        shutil.rmtree(RUNNING, ignore_errors=True)
        RUNNING.mkdir()
    _ended_a_process.update(path.read_text() for path in RUNNING.iterdir())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Proofs may take long."""
    for item in items:
        if item.get_closest_marker("prove") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(PROOF_LIMIT_S))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Count from the first fixture to the last."""
    marker = item.get_closest_marker("timeout")
    limit = item.config.getoption("timeout") or item.config.getini("timeout")
    _end_in(float(marker.args[0] if marker else limit) + GRACE_S)
    (RUNNING / ME).write_text(item.nodeid)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail at once what has ended a process before."""
    if item.nodeid in _ended_a_process:
        pytest.fail("it ended the process that ran it; the stacks are in the log", pytrace=False)


@pytest.hookimpl(trylast=True)
def pytest_exception_interact(node: pytest.Item | pytest.Collector) -> None:
    """Limit the clean-up after a failure: a failure turns all limits off, so that a debugger may be opened."""
    if isinstance(node, pytest.Item):
        os.write(STDERR, f"\n{node.nodeid} failed: {GRACE_S} s to clean up\n".encode())
        _end_in(GRACE_S)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Limit the end of the process: Python waits for every thread, and a blocked one would keep a process that has
    told all.

    The processes of xdist are done before the last of them is; it kills what is left of them itself.
    """
    if ME == "main":
        _end_in(GRACE_S)


def _end_in(seconds: float) -> None:
    faulthandler.dump_traceback_later(seconds, exit=True, file=STDERR)
