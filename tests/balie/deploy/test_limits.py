"""A test that hangs, or ends its process: it fails with its name, and what comes after it runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

from balie.run.balie_home import ROOT

TESTS = """
import os, threading

def test_waits_for_ever():
    threading.Event().wait()

def test_comes_after_it():
    pass

def test_ends_its_process():
    os._exit(1)

def test_comes_last():
    pass
"""


def test_whoever_hangs_or_dies_is_named_and_the_rest_runs(tmp_path: Path) -> None:
    file = tmp_path / "test_stuck.py"
    file.write_text(TESTS)
    # A home of its own, or it would forget what the processes of this run are at.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    command = ["-n", "1", "--dist", "loadfile", "--timeout", "2", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "pyproject.toml", *command, str(file)],
        cwd=ROOT,
        env=environment | {"BALIE_TEST_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    told = re.findall(r"^(FAILED|ERROR) \S*::(\w+)", done.stdout, re.M)
    assert sorted(told) == [
        # Begun again by the process that came after it, and not run a second time.
        ("ERROR", "test_ends_its_process"),
        ("FAILED", "test_ends_its_process"),
        ("FAILED", "test_waits_for_ever"),
    ], done.stdout
    assert "2 failed, 2 passed, 1 error" in done.stdout
    assert "Timeout (>2.0s)" in done.stdout
    assert done.returncode == 1
