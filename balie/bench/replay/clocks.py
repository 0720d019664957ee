"""The launcher with a wall clock of its own for each process: `python -m balie.bench.replay.clocks`.

A process's clock is off by what its file in `clocks/` says (clock.c, faults.py). Needs a C compiler.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from balie.bench.replay.faults import CLOCKED, clock_file, set_clock
from balie.run import launch
from balie.run.balie_home import Home
from balie.run.servers import services as servers_services
from balie.run.servers.services import Program

SOURCE = Path(__file__).with_name("clock.c")


def main() -> int:
    """Launch with the programs so changed."""
    compiler = shutil.which("cc")
    if not compiler:
        print("balie: no C compiler here: apt-get install gcc libc6-dev", file=sys.stderr)
        return 1
    programs, plan = launch.balie_programs, servers_services.Services.plan

    def clocked(options: launch.Options, home: Home) -> dict[str, Program]:
        return _clocked(home, programs(options, home), compiler)

    def planned(services: servers_services.Services, **which: bool) -> dict[str, Program]:
        return _clocked(Home(services.folder.parent), plan(services, **which), compiler)

    launch.balie_programs = clocked
    servers_services.Services.plan = planned  # type: ignore[method-assign, assignment]
    return launch.main()


def _clocked(home: Home, programs: dict[str, Program], compiler: str) -> dict[str, Program]:
    folder = home.folder / "clocks"
    folder.mkdir(exist_ok=True)
    # PostgreSQL may run as another account.
    folder.chmod(0o755)
    library = folder / "clock.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE)]
    subprocess.run(command, check=True)
    changed = dict(programs)
    for name in CLOCKED & programs.keys():
        set_clock(home, name, 0)
        program = programs[name]
        environment = dict(os.environ if program.env is None else program.env)
        told = {"LD_PRELOAD": str(library), "BALIE_CLOCK": str(clock_file(home, name))}
        changed[name] = replace(program, env=environment | told)
    return changed


if __name__ == "__main__":
    sys.exit(main())
