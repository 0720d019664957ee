"""Programs that end with the process of the tests, however that one ends: a limit that is over kills it."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from balie.run.balie_home import ROOT
from balie.run.servers.services import Program, watched_command, write_plan


def run_tied(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    death_signal: int = signal.SIGKILL,
    **more: Any,
) -> "subprocess.Popen[Any]":
    """Start Python with these arguments in the repository, tied to this process by the launcher's own parent_watch."""
    plan = Path(os.environ["BALIE_TEST_HOME"]) / f"{uuid.uuid4()}.plan.json"
    program = Program(
        [sys.executable, *arguments],
        cwd=str(ROOT),
        env=dict(environment),
        death_signal=death_signal,
    )
    write_plan(plan, {"it": program})
    return subprocess.Popen(watched_command(plan, "it"), **more)
