"""A pytest plugin: learn which lines each test runs, or run the tests that were chosen by it, in their order.

With REACH_TO in the environment, each process leaves there what its tests ran, with the seconds of processor that they
took. Property tests try few examples meanwhile, for coverage makes pure code some six times slower. With CHOSEN, a
file of test ids, only those run.
"""

import json
import os
from collections.abc import Generator
from pathlib import Path
from time import process_time
from typing import Any

import hypothesis
import pytest
from coverage import Coverage

APPS = ("agency", "billing", "chat")
EXAMPLES = 20

_reach_to = os.environ.get("REACH_TO")
_chosen = os.environ.get("CHOSEN")
_seconds: dict[str, float] = {}
_failed: set[str] = set()
_coverage = Coverage(data_file=None, source=[*APPS], messages=False)
_coverage.set_option("run:disable_warnings", ["no-data-collected", "module-not-measured"])
if _reach_to:
    _coverage.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the chosen tests, or the examples of all tests few."""
    if _chosen:
        order = {test: place for place, test in enumerate(json.loads(Path(_chosen).read_text()))}
        items[:] = sorted((item for item in items if item.nodeid in order), key=lambda item: order[item.nodeid])
    if _reach_to:
        for item in items:
            test = getattr(item, "obj", None)
            if asked := getattr(test, "_hypothesis_internal_use_settings", None):
                few = hypothesis.settings(asked, max_examples=min(asked.max_examples, EXAMPLES))
                test._hypothesis_internal_use_settings = few


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Note down the lines that run from the first fixture to the last as this test's."""
    if not _reach_to:
        return (yield)
    _coverage.switch_context(item.nodeid)
    began = process_time()
    try:
        return (yield)
    finally:
        _seconds[item.nodeid] = round(process_time() - began, 3)
        _coverage.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note down what fails without a mutant."""
    if report.failed:
        _failed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write it down: {"seconds": {test: s}, "lines": {file: {line: tests}}}. A test that failed judges nothing."""
    if not _reach_to or not _seconds:
        return
    _coverage.stop()
    data = _coverage.get_data()
    lines = {
        str(Path(file).relative_to(Path.cwd())): {
            line: [test for test in tests if test not in _failed]
            for line, tests in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    (Path(_reach_to) / f"{os.getpid()}.json").write_text(json.dumps({"seconds": _seconds, "lines": lines}))
